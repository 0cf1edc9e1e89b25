/** The data: which shape, how noisy, how many, how many held out; and the tools for points of one's own. */
import { context2d, make } from '../../dom.js';
import { colour } from '../../colour.js';
import { button, slider } from './controls.js';
import { DATA_KINDS, isRegression, makePoints, OWN_AT_MOST } from './data.js';
import type { DataKind } from './data.js';
import { REACH } from './inputs.js';
import { paintMark } from './marks.js';
import type { Settings } from './settings.js';
import { SurfacePainter } from './surface.js';
import { words } from './words.js';

/** Side of a shape's picture, in CSS pixels, and what it shows. */
const TILE = 44;
const TILE_POINTS = 90;

export interface DataEvents {
  set(patch: Partial<Settings>): void;
  choosePlacing(value: number): void;
  undo(): void;
  clear(): void;
}

export class DataPanel {
  readonly element = make('section', 'data-panel');
  readonly #radios: { kind: DataKind; input: HTMLInputElement; canvas: HTMLCanvasElement }[];
  readonly #sliders;
  readonly #placing: { value: number; input: HTMLInputElement; canvas: HTMLCanvasElement }[];
  readonly #own = make('div', 'own-tools');
  readonly #undo: HTMLButtonElement;
  readonly #clear: HTMLButtonElement;
  readonly #renew: HTMLButtonElement;
  readonly #share = make('p', 'note');

  constructor(on: DataEvents) {
    const title = make('h2', '', words.data.title);
    const kinds = make('fieldset', 'data-kinds');
    kinds.append(make('legend', 'sr-only', words.data.which));
    this.#radios = DATA_KINDS.map((kind) => {
      const { label, input, canvas } = tile('p-data', kind, words.data.kinds[kind]);
      input.addEventListener('change', () => on.set({ data: kind }));
      kinds.append(label);
      return { kind, input, canvas };
    });
    const percent = (value: number): string => words.data.percent(value);
    const { noise, points, validation } = words.data;
    this.#sliders = {
      noise: slider('p-noise', noise, 'noise', 5, percent, (value) => on.set({ noise: value })),
      points: slider('p-points', points, 'points', 20, String, (value) => on.set({ points: value })),
      validation: slider('p-validation', validation, 'validation', 5, percent, (value) =>
        on.set({ validation: value }),
      ),
    };
    this.#renew = button('p-renew', words.data.renew, () => on.set({ seed: Math.floor(Math.random() * 10_000) }));
    const classes = make('fieldset', 'own-classes');
    classes.append(make('legend', '', words.own.next));
    this.#placing = [1, 0].map((value) => {
      const made = tile('p-placing', String(value), words.own.names[value]!);
      made.input.addEventListener('change', () => on.choosePlacing(value));
      classes.append(made.label);
      return { value, ...made };
    });
    this.#undo = button('p-undo', words.own.undo, () => on.undo());
    this.#clear = button('p-clear', words.own.clear, () => on.clear());
    const tools = make('div', 'own-buttons');
    tools.append(this.#undo, this.#clear);
    this.#own.append(classes, tools, make('p', 'note', words.own.keys));
    const { noise: n, points: p, validation: v } = this.#sliders;
    this.element.append(title, kinds, this.#own, n.element, p.element, v.element, this.#share, this.#renew);
  }

  show(settings: Settings, counts: { training: number; held: number }, placing: number, canUndo: boolean): void {
    const { data, own } = settings;
    for (const { kind, input } of this.#radios) input.checked = kind === data;
    for (const { value, input } of this.#placing) input.checked = value === placing;
    const isOwn = data === 'own';
    this.#own.hidden = !isOwn;
    for (const name of ['noise', 'points', 'validation'] as const) this.#sliders[name].show(settings[name]);
    this.#sliders.noise.element.hidden = this.#sliders.points.element.hidden = isOwn;
    const full = isOwn && own.length >= OWN_AT_MOST ? ` ${words.own.full}` : '';
    this.#share.textContent = words.data.share(counts.training, counts.held) + full;
    const focused = document.activeElement;
    this.#undo.disabled = !canUndo;
    this.#clear.disabled = own.length === 0;
    // The focus is not lost with the button that goes out.
    if ((focused === this.#clear && this.#clear.disabled) || (focused === this.#undo && this.#undo.disabled)) {
      (this.#undo.disabled ? this.#placing.find(({ input }) => input.checked)!.input : this.#undo).focus();
    }
  }

  /** Paints the shapes, in the colours of the theme. */
  paint(): void {
    const scale = window.devicePixelRatio || 1;
    const colours = { one: colour('positive'), zero: colour('negative'), paper: colour('surface'), ink: colour('ink') };
    const painter = new SurfacePainter(1);
    const size = TILE * scale;
    for (const { kind, canvas } of this.#radios) {
      canvas.width = canvas.height = size;
      const context = context2d(canvas);
      const points =
        kind === 'own'
          ? [
              { x: -2.5, y: 2, value: 1 },
              { x: 2.5, y: 2, value: 0 },
            ]
          : makePoints({ data: kind, noise: 0, points: TILE_POINTS, validation: 0, seed: 3, own: [] });
      for (const { x, y, value } of points) {
        const fill = isRegression(kind) ? painter.colourOf(value, { middle: 0, reach: 0.7 }) : undefined;
        const place = [(0.5 + x / (2 * REACH)) * size, (0.5 - y / (2 * REACH)) * size] as const;
        const radius = (kind === 'own' ? 5 : 1.7) * scale;
        const rim = kind === 'own' ? colours : { ...colours, paper: 'transparent', ink: 'transparent' };
        paintMark(context, { value, isHeldOut: false }, ...place, radius, rim, fill);
      }
      if (kind === 'own') {
        context.strokeStyle = colours.ink;
        context.lineWidth = 1.5 * scale;
        context.beginPath();
        const [middle, low, arm] = [size / 2, size * 0.68, size * 0.1];
        context.moveTo(middle - arm, low);
        context.lineTo(middle + arm, low);
        context.moveTo(middle, low - arm);
        context.lineTo(middle, low + arm);
        context.stroke();
      }
    }
    for (const { value, canvas } of this.#placing) {
      canvas.width = canvas.height = 18 * scale;
      paintMark(context2d(canvas), { value, isHeldOut: false }, 9 * scale, 9 * scale, 6 * scale, colours);
    }
  }
}

/** A radio button whose label is a picture with a name. */
function tile(
  name: string,
  value: string,
  text: string,
): { label: HTMLLabelElement; input: HTMLInputElement; canvas: HTMLCanvasElement } {
  const label = make('label', 'tile');
  const input = make('input');
  input.type = 'radio';
  input.name = name;
  input.value = value;
  const canvas = make('canvas');
  canvas.setAttribute('aria-hidden', 'true');
  const face = make('span', 'tile-face');
  face.append(canvas, make('span', 'tile-name', text));
  label.append(input, face);
  return { label, input, canvas };
}
