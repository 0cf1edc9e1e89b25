/** Pictures of my digits, by what they are: a list of which several can be chosen, by the pattern of WAI-ARIA. */
import { inkRamp } from '../../colour.js';
import { context2d, make } from '../../dom.js';
import type { Collection } from '../../my-digits/collection.js';
import type { MyDigit } from '../../my-digits/my-digit.js';
import type { PageStore } from '../../state.js';
import { words } from './words.js';

const SIDE = 28;

export class Tiles {
  readonly element = make('div', 'my-tiles');
  /** Hears how many are chosen. */
  onChoice: (count: number) => void = () => undefined;
  readonly #store: PageStore;
  readonly #collection: Collection;
  #chosen = new Set<string>();
  #tiles: HTMLElement[] = [];

  constructor(store: PageStore, collection: Collection) {
    this.#store = store;
    this.#collection = collection;
    this.element.setAttribute('role', 'listbox');
    this.element.setAttribute('aria-multiselectable', 'true');
    this.element.setAttribute('aria-label', words.list);
    this.element.addEventListener('keydown', (event) => this.#press(event));
    this.element.addEventListener('click', (event) => {
      const tile = (event.target as Element).closest<HTMLElement>('[role=option]');
      if (tile) this.#toggle(tile);
    });
    store.on(['myDigits', 'theme'], () => this.#show());
  }

  relabel(label: number): void {
    if (this.#chosen.size > 0) this.#collection.relabel(this.#chosen, label);
  }

  remove(): void {
    if (this.#chosen.size > 0) this.#collection.remove(this.#chosen);
  }

  #show(): void {
    const { myDigits } = this.#store.state;
    const focused = this.#tiles.findIndex((tile) => tile === document.activeElement);
    const focusedId = this.#tiles[focused]?.dataset['id'];
    const ids = new Set(myDigits.map(({ id }) => id));
    this.#chosen = new Set([...this.#chosen].filter((id) => ids.has(id)));
    const ramp = inkRamp();
    this.#tiles = [];
    const groups: HTMLElement[] = [];
    for (let label = 0; label < 10; label++) {
      const those = myDigits.filter((digit) => digit.label === label);
      if (those.length === 0) continue;
      const group = make('div', 'my-group');
      group.setAttribute('role', 'group');
      group.setAttribute('aria-label', `${label}: ${those.length}`);
      const name = make('span', 'my-label', String(label));
      name.setAttribute('aria-hidden', 'true');
      const tiles = those.map((digit) => this.#tile(digit, ramp));
      group.append(name, ...tiles);
      this.#tiles.push(...tiles);
      groups.push(group);
    }
    this.element.replaceChildren(...groups);
    const same = this.#tiles.findIndex((tile) => tile.dataset['id'] === focusedId);
    const next = same >= 0 ? same : Math.max(0, Math.min(focused, this.#tiles.length - 1));
    this.#roam(next, focused >= 0);
    this.onChoice(this.#chosen.size);
  }

  #tile({ id, label, time, pixels }: MyDigit, ramp: Uint32Array): HTMLElement {
    const tile = make('div', 'my-tile');
    tile.dataset['id'] = id;
    tile.setAttribute('role', 'option');
    tile.setAttribute('aria-selected', String(this.#chosen.has(id)));
    tile.setAttribute('aria-label', words.tile(label, time));
    const canvas = make('canvas');
    canvas.width = canvas.height = SIDE;
    const context = context2d(canvas);
    const image = context.createImageData(SIDE, SIDE);
    const rgba = new Uint32Array(image.data.buffer);
    pixels.forEach((level, i) => (rgba[i] = ramp[level]!));
    context.putImageData(image, 0, 0);
    tile.append(canvas);
    return tile;
  }

  /** One tile is reached by Tab; arrows lead to the others. */
  #roam(to: number, focus: boolean): void {
    this.#tiles.forEach((tile, i) => (tile.tabIndex = i === to ? 0 : -1));
    if (focus) this.#tiles[to]?.focus();
  }

  #toggle(tile: HTMLElement): void {
    const id = tile.dataset['id']!;
    if (!this.#chosen.delete(id)) this.#chosen.add(id);
    tile.setAttribute('aria-selected', String(this.#chosen.has(id)));
    this.#roam(this.#tiles.indexOf(tile), true);
    this.onChoice(this.#chosen.size);
  }

  #press(event: KeyboardEvent): void {
    const at = this.#tiles.findIndex((tile) => tile === document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.#tiles.length - 1;
    const { key } = event;
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[key];
    // Keys act on what is chosen; where nothing is, on the tile that has the focus.
    const those = this.#chosen.size > 0 ? this.#chosen : new Set([this.#tiles[at]!.dataset['id']!]);
    if (to !== undefined) this.#roam(Math.max(0, Math.min(last, to)), true);
    else if (key === ' ' || key === 'Enter') this.#toggle(this.#tiles[at]!);
    else if (/^\d$/.test(key)) this.#collection.relabel(those, Number(key));
    else if (key === 'Delete' || key === 'Backspace') this.#collection.remove(those);
    else return;
    event.preventDefault();
  }
}
