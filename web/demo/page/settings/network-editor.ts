/** Owner of the network's editor: its layers as cards, the fields of the opened one, and the price of the network. */
import '../style/network-editor.css';
import { element, make } from '../dom.js';
import type { PageStore } from '../state.js';
import { isRunning } from '../training/run.js';
import { size } from '../views/share/figures.js';
import { locale } from '../words/language.js';
import { layerWords } from '../words/layers.js';
import { editorWords as words } from '../words/network-editor.js';
import { whole } from '../words/numbers.js';
import { dragCards } from './card-drag.js';
import { cardsOf, faultsOf, fieldsOf } from './layer-cards.js';
import type { CardKey, LayerCard } from './layer-cards.js';
import { LayerPanel } from './layer-panel.js';
import { layerTexts, noTexts } from './layer-texts.js';
import { costOf } from './network-cost.js';
import { LAYERS_AT_MOST, readSettings } from './settings.js';

const seconds = new Intl.NumberFormat(locale, { style: 'unit', unit: 'second', maximumSignificantDigits: 2 });
/** Units of a layer that is added behind none. */
const FIRST_UNITS = '64';

export function mountNetworkEditor(store: PageStore): void {
  new NetworkEditor(store);
}

/** Fields of a layer that may change while it learns. */
const LIVE: readonly (CardKey | undefined)[] = ['activation', 'dropout'];

class NetworkEditor {
  readonly #store: PageStore;
  readonly #list = make('ol', 'layer-cards');
  readonly #add = make('button', 'layer-add');
  readonly #back = make('button', 'quiet layer-back');
  readonly #cost = make('p', 'layer-cost');
  readonly #fault = make('p', 'field-error');
  readonly #spoken = make('p', 'sr-only');
  readonly #panel: LayerPanel;
  readonly #items: HTMLLIElement[] = [];
  /** The place of the layer that is opened. */
  #opened: number | undefined;
  #removed: { card: LayerCard; at: number } | undefined;

  constructor(store: PageStore) {
    this.#store = store;
    this.#panel = new LayerPanel({
      change: (key, text) =>
        this.#change((cards) => cards.map((card, i) => (i === this.#opened ? { ...card, [key]: text } : card))),
      move: (by) => this.#move(this.#opened!, this.#opened! + by),
      remove: () => this.#remove(this.#opened!),
    });
    this.#build(element('network-editor', HTMLElement));
    dragCards(
      this.#list,
      () => this.#items.slice(0, this.#cards.length),
      () => !this.#isLocked,
      (from, to) => this.#move(from, to),
    );
    store.on(['fields', 'run', 'runs'], () => this.#render());
  }

  get #cards(): LayerCard[] {
    return cardsOf(this.#store.state.fields);
  }

  get #isLocked(): boolean {
    return isRunning(this.#store.state.run.phase);
  }

  #build(box: HTMLElement): void {
    const title = make('h3', '', words.title);
    title.id = 'network-editor-title';
    this.#list.setAttribute('aria-label', words.list);
    this.#add.type = this.#back.type = 'button';
    this.#add.id = 'add-layer';
    this.#add.append(make('span', 'layer-plus', '+'), ' ', make('span', 'layer-add-text', words.add));
    this.#add.addEventListener('click', () => this.#addLayer());
    this.#back.addEventListener('click', () => this.#bringBack());
    this.#spoken.setAttribute('aria-live', 'polite');
    const ends = [
      [words.input, words.pixels],
      [words.output, words.digits],
    ].map(([name, about]) => {
      const item = make('li', 'layer-end');
      item.append(make('span', 'layer-name', name), make('span', '', about));
      return item;
    });
    const adding = make('li', 'layer-adding');
    adding.append(this.#add);
    this.#list.append(ends[0]!, adding, ends[1]!);
    this.#list.addEventListener('keydown', (event) => this.#key(event));
    const foot = make('div', 'layer-foot');
    foot.append(this.#cost, this.#back);
    box.append(title, make('p', 'note', words.hint), this.#list, this.#fault, this.#panel.element, foot, this.#spoken);
  }

  /** Arrow keys go from card to card, with Shift they move the card; Delete removes it. */
  #key(event: KeyboardEvent): void {
    const at = this.#items.findIndex((item) => item.contains(document.activeElement));
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Delete') this.#remove(at);
    else if (by && event.shiftKey) this.#move(at, at + by);
    else if (by) this.#items[at + by]?.querySelector('button')?.focus();
    else return;
    event.preventDefault();
  }

  #change(change: (cards: LayerCard[]) => LayerCard[]): void {
    const { fields } = this.#store.state;
    this.#store.set({ fields: { ...fields, ...fieldsOf(change(this.#cards)) } });
  }

  #move(from: number, to: number): void {
    const cards = this.#cards;
    if (this.#isLocked || to < 0 || to >= cards.length) return;
    const hadFocus = this.#items[from]?.contains(document.activeElement);
    if (this.#opened !== undefined) this.#opened = placeAfter(this.#opened, from, to);
    this.#change(() => spliced(spliced(cards, from, 1), to, 0, cards[from]!));
    if (hadFocus) this.#focus(to);
    this.#spoken.textContent = words.moved(from + 1, to + 1, cards.length);
  }

  #addLayer(): void {
    const cards = this.#cards;
    if (this.#isLocked || cards.length >= LAYERS_AT_MOST) {
      this.#spoken.textContent = words.full(LAYERS_AT_MOST);
      return;
    }
    this.#opened = cards.length;
    this.#change(() => [...cards, { ...noTexts(), units: cards.at(-1)?.units || FIRST_UNITS }]);
    this.#focus(this.#opened);
    this.#spoken.textContent = words.added(cards.length + 1, cards.length + 1);
  }

  #remove(at: number): void {
    const cards = this.#cards;
    if (this.#isLocked || !cards[at]) return;
    this.#removed = { card: cards[at], at };
    this.#opened = undefined;
    this.#change(() => spliced(cards, at, 1));
    this.#back.focus();
    this.#spoken.textContent = words.removed(at + 1);
  }

  #bringBack(): void {
    const removed = this.#removed;
    if (!removed || this.#isLocked || this.#cards.length >= LAYERS_AT_MOST) return;
    this.#removed = undefined;
    const at = Math.min(removed.at, this.#cards.length);
    this.#opened = at;
    this.#change((cards) => spliced(cards, at, 0, removed.card));
    this.#focus(at);
    this.#spoken.textContent = words.broughtBack(at + 1);
  }

  #focus(at: number): void {
    this.#items[at]?.querySelector('button')?.focus();
  }

  #render(): void {
    const { fields } = this.#store.state;
    const cards = this.#cards;
    const locked = this.#isLocked;
    if (this.#opened !== undefined && this.#opened >= cards.length) this.#opened = undefined;
    while (this.#items.length < cards.length) this.#items.push(this.#newItem(this.#items.length));
    this.#items.forEach((item, i) => {
      if (!cards[i]) item.remove();
      else if (!item.isConnected) this.#list.lastElementChild!.previousElementSibling!.before(item);
      if (cards[i]) this.#paint(item, cards[i], i, fields.activation);
    });
    this.#list.classList.toggle('is-locked', locked);
    this.#add.setAttribute('aria-disabled', String(locked || cards.length >= LAYERS_AT_MOST));
    this.#back.textContent = words.bringBack((this.#removed?.at ?? 0) + 1);
    this.#back.classList.toggle('is-none', !this.#removed);
    const opened = this.#opened === undefined ? undefined : cards[this.#opened];
    this.#panel.element.hidden = !opened;
    if (opened)
      this.#panel.show(opened, this.#opened!, cards.length, fields.activation, (key) => locked && !LIVE.includes(key));
    const { unknown } = layerTexts(fields.layers);
    this.#fault.textContent = unknown.length > 0 ? layerWords.unknown(unknown) : '';
    this.#cost.textContent = this.#price();
  }

  #newItem(at: number): HTMLLIElement {
    const item = make('li', 'layer');
    const card = make('button', 'layer-card');
    card.type = 'button';
    card.setAttribute('aria-controls', 'layer-panel');
    card.setAttribute('aria-keyshortcuts', 'Shift+ArrowLeft Shift+ArrowRight Delete');
    card.append(...['layer-name', 'layer-about', 'layer-extras'].map((name) => make('span', name)));
    card.addEventListener('click', () => {
      this.#opened = this.#opened === at ? undefined : at;
      this.#render();
    });
    item.append(card);
    return item;
  }

  #paint(item: HTMLLIElement, card: LayerCard, at: number, usual: string): void {
    const button = item.firstElementChild as HTMLButtonElement;
    const [name, about, extras] = [...button.children] as HTMLElement[];
    const isFaulty = Object.keys(faultsOf(card, words.unitsError)).length > 0;
    button.setAttribute('aria-expanded', String(this.#opened === at));
    button.classList.toggle('is-faulty', isFaulty);
    name!.textContent = words.layer(at + 1);
    about!.textContent = `${card.units || '?'} ${card.activation || usual}`;
    extras!.textContent = isFaulty ? words.faulty : extrasOf(card).join(', ');
  }

  #price(): string {
    const { fields, run, runs } = this.#store.state;
    const { settings } = readSettings(fields);
    if (!settings) return words.noCost;
    const cost = costOf(settings, [run, ...runs]);
    const text = words.cost({
      parameters: whole(cost.parameters),
      memory: size(cost.bytes),
      time: seconds.format(cost.seconds),
    });
    return `${text} (${cost.isMeasured ? words.measured : words.estimated})`;
  }
}

/** Everything that a card without faults has beside units and activation. */
function extrasOf({ normalization, dropout, l1, l2, initializer }: LayerCard): string[] {
  return [
    normalization && words.normalizes[normalization as 'batch' | 'layer'],
    Number(dropout) !== 0 && `dropout ${dropout}`,
    Number(l1) !== 0 && `L1 ${l1}`,
    Number(l2) !== 0 && `L2 ${l2}`,
    initializer,
  ].filter((text) => typeof text === 'string' && text !== '') as string[];
}

/** A copy without so many cards from a place on, and others there. */
function spliced(cards: readonly LayerCard[], at: number, out: number, ...others: LayerCard[]): LayerCard[] {
  return [...cards.slice(0, at), ...others, ...cards.slice(at + out)];
}

/** The place of a layer after another one was moved. */
function placeAfter(place: number, from: number, to: number): number {
  if (place === from) return to;
  if (from < place && to >= place) return place - 1;
  return from > place && to <= place ? place + 1 : place;
}
