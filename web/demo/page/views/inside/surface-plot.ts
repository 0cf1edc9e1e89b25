/** Owner of the picture of a slice on the page: a place in it is chosen, by pointer or by keys, and its loss is told. */
import { make } from '../../dom.js';
import type { Words } from '../../words/words.js';
import { number } from '../parts/numbers.js';
import type { SurfaceField } from './surface-field.js';
import { surfacePicture } from './surface-picture.js';

/** A point that was computed, or a moment of the path. */
type Place = { column: number; row: number } | { moment: number };

/** Distance in which the pointer means a moment of the path, in pixels. */
const REACH = 12;

export class SurfacePlot {
  readonly element = make('div', 'surface-plot prints-whole');
  readonly #words: Words['surface'];
  readonly #picture = make('div', 'surface-picture');
  readonly #cursor = make('span', 'surface-cursor');
  readonly #onTell: (text: string) => void;
  #field: SurfaceField | undefined;
  #chosen: Place | undefined;
  #looked: Place | undefined;
  #drawn = '';

  /** @param onTell hears about the place that is looked at, else the chosen one */
  constructor(words: Words['surface'], onTell: (text: string) => void) {
    this.#words = words;
    this.#onTell = onTell;
    this.#picture.setAttribute('role', 'slider');
    this.#picture.setAttribute('aria-label', words.plot);
    this.#cursor.hidden = true;
    this.element.append(this.#picture, this.#cursor);
    new ResizeObserver(() => this.draw()).observe(this.#picture);
    this.#picture.addEventListener('pointermove', (event) => this.#look(this.#placeAt(event)));
    this.#picture.addEventListener('pointerleave', () => this.#look(undefined));
    this.#picture.addEventListener('click', (event) => this.#choose(this.#placeAt(event)));
    this.#picture.addEventListener('keydown', (event) => this.#key(event));
    this.show(undefined);
  }

  show(field: SurfaceField | undefined): void {
    this.#field = field;
    this.#chosen = this.#looked = undefined;
    this.#drawn = '';
    this.#picture.tabIndex = field ? 0 : -1;
    this.#picture.setAttribute('aria-disabled', String(!field));
    this.#picture.replaceChildren();
    this.draw();
    this.#tell();
  }

  /** Draws it, where its size or the theme has changed. */
  draw(): void {
    const side = this.#side;
    const drawn = `${side} ${document.documentElement.dataset['theme']}`;
    if (!this.#field || side === 0 || drawn === this.#drawn) return;
    this.#drawn = drawn;
    const picture = surfacePicture(this.#field, side, this.#words);
    picture.setAttribute('aria-hidden', 'true');
    this.#picture.replaceChildren(picture);
    this.#mark();
  }

  get #side(): number {
    return this.#picture.clientWidth;
  }

  #look(place: Place | undefined): void {
    this.#looked = place;
    this.#tell();
  }

  #choose(place: Place | undefined): void {
    this.#chosen = place;
    this.#tell();
  }

  #tell(): void {
    const [place, field] = [this.#looked ?? this.#chosen, this.#field];
    this.#onTell(place && field ? this.#say(field, place) : '');
    const steps = field?.surface.steps ?? 1;
    this.#picture.setAttribute('aria-valuemin', '0');
    this.#picture.setAttribute('aria-valuemax', String(steps * steps));
    const at = this.#chosen && this.#pointOf(this.#chosen);
    this.#picture.setAttribute('aria-valuenow', String(at ? at.row * steps + at.column + 1 : 0));
    const text = this.#chosen && field ? this.#say(field, this.#chosen) : this.#words.noneChosen;
    this.#picture.setAttribute('aria-valuetext', text);
    this.#mark();
  }

  #say(field: SurfaceField, place: Place): string {
    const { column, row } = this.#pointOf(place);
    const here = number(field.lossOf(column, row));
    if (!('moment' in place)) return this.#words.lossHere(here);
    const { epoch, loss } = field.surface.path[place.moment]!;
    return this.#words.lossThen(number(Math.round(100 * epoch) / 100), number(loss), here);
  }

  /** From 0 to 1, rightwards and downwards. */
  #shareOf(place: Place): [number, number] {
    const { path, steps } = this.#field!.surface;
    if (!('moment' in place)) return [place.column / (steps - 1), place.row / (steps - 1)];
    const { x, y } = path[place.moment]!;
    return this.#field!.placeOf(x, y);
  }

  #pointOf(place: Place): { column: number; row: number } {
    if (!('moment' in place)) return place;
    const { steps } = this.#field!.surface;
    const [column, row] = this.#shareOf(place).map((share) => Math.round(share * (steps - 1))) as [number, number];
    return { column, row };
  }

  #mark(): void {
    const place = this.#looked ?? this.#chosen;
    this.#cursor.hidden = !place || !this.#field;
    if (!place || !this.#field) return;
    const [x, y] = this.#shareOf(place).map((share) => share * this.#side);
    this.#cursor.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
  }

  #placeAt({ offsetX, offsetY }: PointerEvent | MouseEvent): Place | undefined {
    const side = this.#side;
    if (!this.#field || offsetY > side) return undefined;
    const { path, steps } = this.#field.surface;
    const far = path.map((_, moment) => {
      const [x, y] = this.#shareOf({ moment }).map((share) => share * side) as [number, number];
      return Math.hypot(x - offsetX, y - offsetY);
    });
    const nearest = far.indexOf(Math.min(...far));
    if (far[nearest]! <= REACH) return { moment: nearest };
    const cell = (offset: number): number =>
      Math.max(0, Math.min(steps - 1, Math.round((offset / side) * (steps - 1))));
    return { column: cell(offsetX), row: cell(offsetY) };
  }

  #key(event: KeyboardEvent): void {
    if (!this.#field || event.ctrlKey || event.metaKey || event.altKey) return;
    const { path, steps } = this.#field.surface;
    const last = path.length - 1;
    const moment = this.#chosen && 'moment' in this.#chosen ? this.#chosen.moment : undefined;
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const to = {
      Home: 0,
      End: last,
      PageDown: Math.min(last, (moment ?? -1) + 1),
      PageUp: Math.max(0, (moment ?? last + 1) - 1),
    }[event.key];
    if (!move && to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to !== undefined) return this.#choose({ moment: to });
    const { column, row } = this.#pointOf(this.#chosen ?? { moment: last });
    const within = (value: number): number => Math.max(0, Math.min(steps - 1, value));
    this.#choose({ column: within(column + move![0]!), row: within(row + move![1]!) });
  }
}
