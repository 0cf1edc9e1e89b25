/** The dialog of a picture: its digits in frames, what they are read as, and the way to the network for each. */
import './dialog.css';
import { inkRamp } from '../colour.js';
import { context2d, make } from '../dom.js';
import type { PageStore } from '../state.js';
import { locale } from '../words/language.js';
import type { ReadImage } from './entry.js';
import type { Picture } from './find-digits.js';
import { readLines } from './read-lines.js';
import type { ReadDigit } from './read-lines.js';
import { words } from './words.js';

const BYTES_AT_MOST = 40_000_000;
const PIXELS_AT_MOST = 100_000_000;
/** The larger side of the picture as it is searched: digits of a page of text are still 20 pixels high. */
const SIDE = 1600;
const percent = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

class Refused extends Error {}

export class PictureDialog {
  static #one: PictureDialog | undefined;
  /** The one dialog of the page. */
  static of(store: PageStore, read: ReadImage): PictureDialog {
    return (PictureDialog.#one ??= new PictureDialog(store, read));
  }

  readonly #store: PageStore;
  readonly #read: ReadImage;
  readonly #dialog = make('dialog', 'picture-dialog');
  readonly #canvas = make('canvas', 'picture-canvas');
  readonly #answer = make('output', 'picture-answer');
  readonly #note = make('p', 'note', words.choose);
  readonly #digits = make('div', 'picture-digits');
  /** Counts pictures, so that a slow one does not come after a fast one. */
  #turn = 0;

  private constructor(store: PageStore, read: ReadImage) {
    this.#store = store;
    this.#read = read;
    const title = make('h2', '', words.title);
    title.id = 'picture-title';
    const close = make('button', '', words.close);
    close.type = 'button';
    close.addEventListener('click', () => this.#dialog.close());
    const head = make('header');
    head.append(title, close);
    this.#canvas.setAttribute('role', 'img');
    // The first call decides for all later ones.
    this.#canvas.getContext('2d', { willReadFrequently: true });
    this.#answer.setAttribute('aria-live', 'polite');
    this.#dialog.setAttribute('aria-labelledby', title.id);
    this.#dialog.append(head, this.#canvas, this.#answer, this.#note, this.#digits);
    document.body.append(this.#dialog);
  }

  async show(file: File): Promise<void> {
    const turn = ++this.#turn;
    this.#answer.textContent = words.reading;
    this.#canvas.hidden = this.#note.hidden = true;
    this.#digits.replaceChildren();
    if (!this.#dialog.open) this.#dialog.showModal();
    try {
      const picture = await this.#load(file);
      const lines = await readLines(picture, this.#read);
      if (turn === this.#turn) this.#present(file.name, lines);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#answer.textContent = error instanceof Refused ? error.message : words.unreadable(file.name);
    }
  }

  /** Paints the picture, and takes its grey levels; transparent is white. */
  async #load(file: File): Promise<Picture> {
    if (file.size > BYTES_AT_MOST) throw new Refused(words.large(file.name));
    const bitmap = await createImageBitmap(file);
    try {
      if (bitmap.width * bitmap.height > PIXELS_AT_MOST) throw new Refused(words.large(file.name));
      const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
      const width = (this.#canvas.width = Math.max(1, Math.round(scale * bitmap.width)));
      const height = (this.#canvas.height = Math.max(1, Math.round(scale * bitmap.height)));
      const context = context2d(this.#canvas);
      context.fillStyle = 'white';
      context.fillRect(0, 0, width, height);
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmap, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      const levels = new Uint8Array(width * height);
      // Rec. 601, as the grey of photographs
      for (let i = 0; i < levels.length; i++) {
        levels[i] = 0.299 * data[4 * i]! + 0.587 * data[4 * i + 1]! + 0.114 * data[4 * i + 2]!;
      }
      return { width, height, levels };
    } finally {
      bitmap.close();
    }
  }

  #present(name: string, lines: readonly (readonly ReadDigit[])[]): void {
    const all = lines.flat();
    this.#canvas.hidden = false;
    this.#note.hidden = all.length === 0;
    this.#canvas.setAttribute('aria-label', words.alt(name, all.length));
    this.#answer.textContent =
      all.length === 0
        ? words.none(name)
        : lines.map((line) => line.map(({ digit }) => digit ?? '?').join('')).join('\n');
    this.#answer.classList.toggle('is-number', all.length > 0);
    for (const each of all) this.#frame(each);
    const ramp = inkRamp();
    this.#digits.replaceChildren(...all.map((each) => this.#tile(each, ramp)));
  }

  #frame({ found, digit }: ReadDigit): void {
    const context = context2d(this.#canvas);
    const unit = Math.max(this.#canvas.width, this.#canvas.height) / 400;
    // Upon any picture, in both themes.
    for (const [style, width] of [
      ['white', 3 * unit],
      [digit === undefined ? '#5b6069' : '#2347c5', unit],
    ] as const) {
      context.strokeStyle = style;
      context.lineWidth = Math.max(1, width);
      context.strokeRect(found.left - unit, found.top - unit, found.width + 2 * unit, found.height + 2 * unit);
    }
  }

  #tile({ pixels, digit, reading }: ReadDigit, ramp: Uint32Array): HTMLButtonElement {
    const tile = make('button', 'picture-digit');
    tile.type = 'button';
    const sure = `${percent.format(100 * Math.max(...reading.probabilities))} %`;
    tile.setAttribute('aria-label', words.digit(digit, sure));
    const canvas = make('canvas');
    canvas.width = canvas.height = 28;
    const context = context2d(canvas);
    const image = context.createImageData(28, 28);
    const rgba = new Uint32Array(image.data.buffer);
    pixels.forEach((level, i) => (rgba[i] = ramp[level]!));
    context.putImageData(image, 0, 0);
    tile.append(canvas, make('b', '', digit === undefined ? '?' : String(digit)));
    tile.addEventListener('click', () => {
      this.#store.set({ found: pixels });
      this.#dialog.close();
    });
    return tile;
  }
}
