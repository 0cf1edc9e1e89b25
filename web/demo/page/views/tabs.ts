/** Owner of the tabs and of their panels, by the pattern of WAI-ARIA: arrows move the focus, Enter and Space choose. */
import { addressed, isEmbedded, readdress } from '../address.js';
import { element, make } from '../dom.js';
import { frame } from '../words/frame.js';
import { viewOf, VIEWS } from './views.js';
import type { PageParts, ViewEntry, ViewModule } from './views.js';

export function mountTabs(page: PageParts): void {
  const { store } = page;
  const list = element('views', HTMLElement);
  const main = document.querySelector('main')!;
  const title = document.title;
  list.setAttribute('aria-label', frame.views);
  document.documentElement.toggleAttribute('data-embed', isEmbedded());
  const tabs = VIEWS.map((view) => {
    const { id } = view;
    const tab = make('button', 'tab', frame.titles[id]);
    tab.type = 'button';
    tab.id = `tab-${id}`;
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-controls', `view-${id}`);
    tab.addEventListener('click', () => choose(id));
    const panel = panelOf(view);
    const { load } = view;
    return { id, tab, panel, open: once(() => load && fill(panel, load, page)) };
  });
  list.append(...tabs.map(({ tab }) => tab));

  const choose = (view: string): void => {
    if (view === store.state.view) return;
    readdress({ view: view === VIEWS[0].id ? undefined : view }, 'push');
    store.set({ view });
  };
  list.addEventListener('keydown', (event) => {
    const at = tabs.findIndex(({ tab }) => tab === document.activeElement);
    const last = tabs.length - 1;
    const to = { ArrowRight: at < last ? at + 1 : 0, ArrowLeft: at > 0 ? at - 1 : last, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    tabs[to]!.tab.focus();
  });
  window.addEventListener('hashchange', () => store.set({ view: viewOf(addressed()) }));

  store.on(['view'], () => {
    const { view } = store.state;
    main.dataset['view'] = view;
    for (const { id, tab, panel, open } of tabs) {
      const isShown = id === view;
      tab.setAttribute('aria-selected', String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      panel.hidden = !isShown;
      if (!isShown) continue;
      tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
      open();
    }
    document.title = view === VIEWS[0].id ? title : `${frame.titles[view]} — mlp-wasm`;
  });

  // Not as a jump to #draw, because the hash of the address is the page's state.
  document.querySelector('.skip')!.addEventListener('click', (event) => {
    event.preventDefault();
    element('draw', HTMLElement).focus();
  });
}

/** The panel in index.html, else a new one behind it. */
function panelOf({ id, load }: ViewEntry): HTMLElement {
  if (!load) return element(`view-${id}`, HTMLElement);
  const panel = make('div', 'view');
  panel.id = `view-${id}`;
  panel.setAttribute('role', 'tabpanel');
  panel.setAttribute('aria-labelledby', `tab-${id}`);
  document.querySelector('main')!.append(panel);
  return panel;
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

/** Loads what a panel shows; where that fails, says so and lets the visitor try again. */
export function fill(panel: HTMLElement, load: () => Promise<ViewModule>, page: PageParts): void {
  panel.replaceChildren(make('p', 'view-note', frame.loading));
  load()
    .then(async ({ mount }) => {
      panel.replaceChildren();
      await mount(panel, page);
    })
    .catch((error: unknown) => {
      const note = make('p', 'view-note', `${frame.failed} `);
      note.setAttribute('role', 'alert');
      note.title = String(error);
      const again = make('button', '', frame.again);
      again.type = 'button';
      again.addEventListener('click', () => fill(panel, load, page));
      panel.replaceChildren(note, again);
    });
}
