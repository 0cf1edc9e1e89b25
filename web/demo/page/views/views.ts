/**
 * The views of the page. A new one is a folder here whose `view.ts` exports `mount`, a line in `VIEWS`, and its title in
 * `words/frame.ts`. Its code is loaded when it is first opened.
 */
import type { Moment } from '../../shared/inside-work.js';
import type { PlainNetwork } from '../../shared/model-work.js';
import type { Arrivals } from '../drop/arrivals.js';
import type { Collection } from '../my-digits/collection.js';
import type { LearnedWeights, NetworkSnapshot } from '../reading/snapshot.js';
import type { Settings } from '../settings/settings.js';
import type { PageStore } from '../state.js';
import type { PastRuns } from '../training/past-runs.js';

/** The page as its views see it. */
export interface PageParts {
  store: PageStore;
  myDigits: Collection;
  /** Files that were dropped on the page. */
  arrivals: Arrivals;
  /** The network that answers, as it is now; undefined where there is none. */
  network(): Promise<NetworkSnapshot | undefined>;
  /** Gives that network other weights, the pretrained one its threshold with them; without any, it becomes what it was. */
  adopt(by: NetworkSnapshot['by'], learned: LearnedWeights | undefined): Promise<void>;
  /** Moments of the visitor's training, from its beginning to before now; none where they were not kept. */
  path(): readonly Moment[];
  /** The visitor's network with all that its training needs to go on elsewhere; undefined where there is none. */
  checkpoint(): Promise<Uint8Array | undefined>;
  /** Makes a network out of the file `name` the visitor's own; `settings` are those that Train would go on with. */
  open(network: PlainNetwork, name: string, settings: Settings): Promise<void>;
  pastRuns(): Promise<PastRuns>;
}

export interface ViewModule {
  /** Fills the empty panel of the view, once. From then on `store.state.view` tells whether it is shown. */
  mount(panel: HTMLElement, page: PageParts): Promise<void> | void;
}

export interface ViewEntry {
  id: string;
  /** Absent of the first view, which is in index.html. */
  load?: () => Promise<ViewModule>;
}

export const VIEWS: readonly [ViewEntry, ...ViewEntry[]] = [
  { id: 'train' },
  { id: 'backpropagation', load: () => import('./backpropagation/view.js') },
  { id: 'inside', load: () => import('./inside/view.js') },
  { id: 'playground', load: () => import('./playground/view.js') },
  { id: 'lessons', load: () => import('./lessons/view.js') },
  { id: 'my-digits', load: () => import('./my-digits/view.js') },
  { id: 'table', load: () => import('./table/view.js') },
  { id: 'share', load: () => import('./share/view.js') },
];

/** The view that the address names, else the first. */
export function viewOf(query: URLSearchParams): string {
  return VIEWS.find(({ id }) => id === query.get('view'))?.id ?? VIEWS[0].id;
}
