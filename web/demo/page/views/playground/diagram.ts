/** The network as columns: inputs that are switched on and off, units with their surfaces, and links between them. */
import { context2d, make } from '../../dom.js';
import { Gradient } from './gradient.js';
import { INPUT_TEXTS, INPUTS } from './inputs.js';
import type { InputName } from './inputs.js';
import { isSamePlace, linkAt, paintLinks } from './links.js';
import type { Link } from './links.js';
import type { WeightPlace } from './network.js';
import { LAYERS_AT_MOST, UNITS_AT_MOST } from './settings.js';
import { words } from './words.js';

/** An input, or a unit of a layer; the output is the only unit of the last one. */
export type UnitPlace = { input: InputName } | { layer: number; unit: number };

export interface DiagramScene {
  inputs: readonly InputName[];
  layers: readonly number[];
  chosen: UnitPlace;
  /** Undefined where there is no network. */
  weightOf: ((place: WeightPlace) => number) | undefined;
}

export interface DiagramEvents {
  toggleInput(input: InputName): void;
  setLayers(layers: readonly number[]): void;
  /** The pointer is over a unit, or over none any more. */
  look(place: UnitPlace | undefined): void;
  /** A unit was pressed, or has the focus. */
  choose(place: UnitPlace): void;
  /** A link was pressed, in the diagram's CSS pixels. */
  edit(place: WeightPlace, x: number, y: number): void;
}

/** Cells along a side of a unit's surface. */
export const UNIT_SIDE = 32;

export class Diagram {
  readonly element = make('div', 'diagram-scroll');
  /** All that scrolls; links and the field for a weight have their places in it. */
  readonly picture = make('div', 'net prints-whole');
  readonly #lines = make('canvas', 'net-lines');
  readonly #columns = make('div', 'net-columns');
  readonly #hint = make('p', 'net-hint');
  readonly #on: DiagramEvents;
  readonly #gradients: Gradient[] = [];
  readonly #canvases = new Map<string, CanvasRenderingContext2D>();
  #scene: DiagramScene | undefined;
  #built = '';
  #links: Link[] = [];
  #marked: WeightPlace | undefined;

  constructor(on: DiagramEvents) {
    this.#on = on;
    this.#lines.setAttribute('aria-hidden', 'true');
    this.#columns.addEventListener('pointerleave', () => on.look(undefined));
    this.picture.append(this.#lines, this.#columns);
    this.element.append(this.picture);
    new ResizeObserver(() => this.#measure()).observe(this.picture);
    // On the columns, because they lie over the lines.
    this.#columns.addEventListener('pointermove', (event) => this.#mark(this.#linkOf(event)?.place));
    this.#columns.addEventListener('pointerleave', () => this.#mark(undefined));
    this.#columns.addEventListener('click', (event) => {
      const link = this.#linkOf(event);
      if (!link) return;
      const box = this.picture.getBoundingClientRect();
      on.edit(link.place, event.clientX - box.left, event.clientY - box.top);
    });
  }

  /** A line of text below: the weight of the link at the pointer. */
  get hint(): HTMLElement {
    return this.#hint;
  }

  show(scene: DiagramScene): void {
    this.#scene = scene;
    const { inputs, layers, chosen } = scene;
    const built = JSON.stringify([inputs, layers]);
    if (built !== this.#built) {
      this.#built = built;
      this.#build(scene);
      this.#measure();
    }
    const pressed = keyOf(chosen);
    for (const button of this.#columns.querySelectorAll<HTMLElement>('[data-unit]')) {
      button.classList.toggle('is-chosen', button.dataset['unit'] === pressed);
      if (!('input' in button.dataset)) button.setAttribute('aria-pressed', String(button.dataset['unit'] === pressed));
    }
    this.paintLines();
  }

  /** The canvas of a unit, UNIT_SIDE pixels wide and high. */
  canvasOf(place: UnitPlace): CanvasRenderingContext2D | undefined {
    return this.#canvases.get(keyOf(place));
  }

  /** @param norms of the kernels' gradients, layer by layer; undefined where there is no network */
  showGradients(norms: readonly number[] | undefined): void {
    this.#gradients.forEach((gradient, layer) => gradient.show(norms?.[layer]));
  }

  paintLines(): void {
    const scale = window.devicePixelRatio || 1;
    const context = context2d(this.#lines);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.#lines.width, this.#lines.height);
    const { weightOf } = this.#scene ?? {};
    if (weightOf) paintLinks(context, this.#links, weightOf, this.#marked);
    const text =
      weightOf && this.#marked ? words.diagram.weight(this.#named(this.#marked), weightOf(this.#marked)) : '';
    this.#hint.textContent = text || words.diagram.hint;
  }

  #named({ layer, k, j }: WeightPlace): string {
    const { inputs, layers } = this.#scene!;
    const from = layer === 0 ? INPUT_TEXTS[inputs[k]!] : words.diagram.short(layer, k + 1);
    return `${from} → ${layer === layers.length ? words.diagram.output : words.diagram.short(layer + 1, j + 1)}`;
  }

  #linkOf(event: MouseEvent): Link | undefined {
    if ((event.target as Element).closest('button') || !this.#scene?.weightOf) return undefined;
    const box = this.picture.getBoundingClientRect();
    return linkAt(this.#links, event.clientX - box.left, event.clientY - box.top);
  }

  #mark(place: WeightPlace | undefined): void {
    this.#columns.classList.toggle('is-on-link', place !== undefined);
    if (place === this.#marked || (place && this.#marked && isSamePlace(place, this.#marked))) return;
    this.#marked = place;
    this.paintLines();
  }

  #build({ inputs, layers }: DiagramScene): void {
    const focused = document.activeElement as HTMLElement | null;
    const focusedId = this.#columns.contains(focused) ? focused!.id : undefined;
    this.#canvases.clear();
    this.#gradients.length = 0;
    this.picture.style.setProperty('--layers', String(layers.length));
    const columns = ['auto', ...layers.map(() => 'minmax(70px, 1fr)'), 'auto'];
    this.#columns.style.gridTemplateColumns = columns.join(' ');
    this.#columns.replaceChildren(
      this.#inputColumn(inputs),
      ...layers.map((units, layer) => this.#layerColumn(layers, layer, units)),
      this.#withGradient(this.#column(words.diagram.output, undefined, [this.#unit(layers, layers.length, 0)])),
    );
    if (!focusedId) return;
    const again = document.getElementById(focusedId);
    // A unit or a button that is gone hands the focus on.
    (again instanceof HTMLButtonElement && !again.disabled
      ? again
      : this.#columns.querySelector<HTMLElement>('.net-count button:enabled')
    )?.focus();
  }

  #column(title: string, head: HTMLElement | undefined, units: HTMLElement[]): HTMLElement {
    const column = make('div', 'net-column');
    column.setAttribute('role', 'group');
    column.setAttribute('aria-label', title);
    const box = make('div', 'net-units');
    box.append(...units);
    const heading = make('span', 'net-title', title);
    heading.setAttribute('aria-hidden', 'true');
    const top = make('div', 'net-head');
    top.append(heading, ...(head ? [head] : []));
    column.append(top, box);
    return column;
  }

  #inputColumn(inputs: readonly InputName[]): HTMLElement {
    const buttons = INPUTS.map((input) => {
      const button = this.#button({ input });
      const isOn = inputs.includes(input);
      button.classList.add('net-input');
      button.classList.toggle('is-off', !isOn);
      button.dataset['input'] = input;
      button.setAttribute('aria-pressed', String(isOn));
      button.prepend(make('span', 'net-name', INPUT_TEXTS[input]));
      button.addEventListener('click', () => this.#on.toggleInput(input));
      return button;
    });
    const column = this.#column(words.diagram.inputs, undefined, buttons);
    const name = make('p', 'net-gradient net-gradient-name', words.diagram.gradient);
    name.setAttribute('aria-hidden', 'true');
    column.firstElementChild!.after(name);
    return column;
  }

  #layerColumn(layers: readonly number[], layer: number, units: number): HTMLElement {
    const change = (by: number): void => this.#on.setLayers(layers.map((each, i) => (i === layer ? each + by : each)));
    const count = make('div', 'net-count');
    const [fewer, more] = ([-1, 1] as const).map((by) => {
      const button = make('button', '', by < 0 ? '−' : '+');
      button.type = 'button';
      button.id = `units-${by < 0 ? 'fewer' : 'more'}-${layer}`;
      button.setAttribute('aria-label', by < 0 ? words.diagram.fewer(layer + 1) : words.diagram.more(layer + 1));
      button.disabled = by < 0 ? units === 1 : units === UNITS_AT_MOST;
      button.addEventListener('click', () => change(by));
      return button;
    });
    count.append(fewer!, make('span', '', String(units)), more!);
    const made = Array.from({ length: units }, (_, unit) => this.#unit(layers, layer, unit));
    return this.#withGradient(this.#column(words.diagram.layer(layer + 1), count, made));
  }

  #withGradient(column: HTMLElement): HTMLElement {
    const gradient = new Gradient();
    this.#gradients.push(gradient);
    column.firstElementChild!.after(gradient.element);
    return column;
  }

  #unit(layers: readonly number[], layer: number, unit: number): HTMLElement {
    const place = { layer, unit };
    const button = this.#button(place);
    const isLast = layer === layers.length;
    button.setAttribute('aria-label', isLast ? words.diagram.output : words.diagram.unit(layer + 1, unit + 1));
    button.addEventListener('click', () => this.#on.choose(place));
    button.addEventListener('focus', () => button.matches(':focus-visible') && this.#on.choose(place));
    return button;
  }

  #button(place: UnitPlace): HTMLButtonElement {
    const button = make('button', 'net-unit');
    button.type = 'button';
    button.dataset['unit'] = keyOf(place);
    button.id = `unit-${keyOf(place)}`;
    const canvas = make('canvas');
    canvas.width = canvas.height = UNIT_SIDE;
    canvas.setAttribute('aria-hidden', 'true');
    this.#canvases.set(keyOf(place), context2d(canvas));
    button.append(canvas);
    button.addEventListener('pointerenter', ({ pointerType }) => {
      if (pointerType === 'mouse') this.#on.look(place);
    });
    button.addEventListener('pointerleave', () => this.#on.look(undefined));
    return button;
  }

  /** Finds the places of the links, once the columns stand where they do. */
  #measure(): void {
    const scene = this.#scene;
    const { clientWidth: width, clientHeight: height } = this.picture;
    if (!scene || width === 0) return;
    const scale = window.devicePixelRatio || 1;
    this.#lines.width = Math.round(width * scale);
    this.#lines.height = Math.round(height * scale);
    const frame = this.picture.getBoundingClientRect();
    const boxOf = (place: UnitPlace): DOMRect =>
      this.#columns.querySelector(`[data-unit="${keyOf(place)}"]`)!.getBoundingClientRect();
    const sizes = [scene.inputs.length, ...scene.layers, 1];
    this.#links = [];
    for (let layer = 0; layer < sizes.length - 1; layer++) {
      for (let k = 0; k < sizes[layer]!; k++) {
        const from = boxOf(layer === 0 ? { input: scene.inputs[k]! } : { layer: layer - 1, unit: k });
        for (let j = 0; j < sizes[layer + 1]!; j++) {
          const to = boxOf({ layer, unit: j });
          this.#links.push({
            place: { layer, k, j },
            x0: from.right - frame.left,
            y0: (from.top + from.bottom) / 2 - frame.top,
            x1: to.left - frame.left,
            y1: (to.top + to.bottom) / 2 - frame.top,
          });
        }
      }
    }
    this.paintLines();
  }
}

function keyOf(place: UnitPlace): string {
  return 'input' in place ? place.input : `${place.layer}-${place.unit}`;
}

/** Buttons that add and take away a layer. */
export function layerButtons(setLayers: (change: 'more' | 'fewer') => void): {
  element: HTMLElement;
  show(layers: readonly number[]): void;
} {
  const element = make('div', 'layer-count');
  const text = make('span', 'layer-count-text');
  const [fewer, more] = (['fewer', 'more'] as const).map((which) => {
    const button = make('button', '', which === 'fewer' ? '−' : '+');
    button.type = 'button';
    button.id = `layers-${which}`;
    button.setAttribute('aria-label', words.diagram.layers[which]);
    button.addEventListener('click', () => setLayers(which));
    return button;
  });
  element.append(fewer!, text, more!);
  return {
    element,
    show: ({ length }) => {
      text.textContent = words.diagram.layers.count(length);
      const focused = document.activeElement;
      fewer!.disabled = length === 0;
      more!.disabled = length === LAYERS_AT_MOST;
      // The focus is not lost with the button that goes out.
      if (focused === fewer && length === 0) more!.focus();
      if (focused === more && length === LAYERS_AT_MOST) fewer!.focus();
    },
  };
}
