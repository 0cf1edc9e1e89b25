/** Owner of the link that holds the settings, and of the frame for other pages. */
import { addressed } from '../../address.js';
import { make } from '../../dom.js';
import { toQuery } from '../../settings/settings.js';
import type { Fields } from '../../settings/settings.js';
import { frame } from '../../words/frame.js';
import { button } from '../parts/controls.js';
import type { PageParts } from '../views.js';
import { VIEWS } from '../views.js';
import { copy, section, statusLine } from './controls.js';
import { words } from './words.js';

const say = words.link;

/** The address of this page with these settings; further keys stand before them. */
function addressWith(fields: Fields, keys: Record<string, string> = {}): string {
  const address = new URL(location.href);
  address.searchParams.delete('embed');
  // The keys that other views have put into the address come along.
  const { view: _view, embed: _embed, ...others } = Object.fromEntries(addressed());
  const all = Object.entries({ ...keys, ...others, ...toQuery(fields) });
  address.hash = new URLSearchParams(
    all.filter((entry): entry is [string, string] => entry[1] !== undefined),
  ).toString();
  return address.href;
}

/** A frame of this page without its head and foot. */
export function frameOf(address: string, title: string): string {
  const escaped = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<iframe src="${escaped(address)}" title="${escaped(title)}" width="100%" height="720" loading="lazy" allow="clipboard-write; fullscreen"></iframe>`;
}

export function linkPanel({ store }: PageParts): HTMLElement {
  const panel = section('share-link', say.title, say.lede);
  const lede = panel.querySelector('p')!;
  const note = statusLine();
  const tell = async (text: string, field: HTMLInputElement | HTMLTextAreaElement): Promise<void> => {
    const isCopied = await copy(text);
    if (!isCopied) field.select();
    note.textContent = isCopied ? words.copied : words.notCopied;
  };

  const link = make('input', 'share-address');
  link.readOnly = true;
  link.setAttribute('aria-label', say.title);
  const tools = make('div', 'share-tools');
  tools.append(button(say.copy, () => void tell(link.value, link), 'primary'));
  if ('share' in navigator) {
    const share = (): Promise<void> => navigator.share({ title: document.title, url: link.value });
    // It rejects where the visitor closes the list of places, which needs no word.
    tools.append(button(say.share, () => void share().catch(() => undefined)));
  }

  const snippet = make('textarea', 'share-snippet');
  snippet.readOnly = true;
  snippet.rows = 4;
  snippet.spellcheck = false;
  snippet.setAttribute('aria-label', say.frame);
  const view = make('select');
  view.append(...VIEWS.filter(({ id }) => id !== 'share').map(({ id }) => new Option(frame.titles[id], id)));
  const field = make('label', 'inline-field', say.view);
  field.append(view);
  const frameTools = make('div', 'share-tools');
  frameTools.append(
    field,
    button(say.copyFrame, () => void tell(snippet.value, snippet)),
  );

  const show = (): void => {
    const { fields, run } = store.state;
    lede.textContent = run.isTouched ? say.touched : say.lede;
    link.value = addressWith(fields);
    const keys = { embed: '1', ...(view.value !== VIEWS[0].id && { view: view.value }) };
    snippet.value = frameOf(addressWith(fields, keys), `${frame.titles[view.value]} — mlp-wasm`);
  };
  view.addEventListener('change', show);
  store.on(['fields', 'view', 'run'], show);
  panel.append(
    link,
    tools,
    make('h3', '', say.frame),
    make('p', 'share-lede', say.frameLede),
    snippet,
    frameTools,
    note,
  );
  return panel;
}
