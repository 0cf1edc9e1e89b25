/** The strongest paths as a diagram: buttons for units, in columns, and lines between them. */
import { inkRamp, signedRamp } from '../../colour.js';
import { make } from '../../dom.js';
import type { Trace } from '../../specimen/specimen.js';
import type { Words } from '../../words/words.js';
import { weightsInto } from '../backpropagation/arithmetic.js';
import type { UnitNames } from '../parts/names.js';
import { number, percent } from '../parts/numbers.js';
import type { Paths } from './paths.js';
import { thumbnail } from './thumbnail.js';
import { svg } from '../parts/svg.js';

export interface UnitPlace {
  layer: number;
  unit: number;
}

export interface DiagramScene {
  trace: Trace;
  paths: Paths;
  names: UnitNames;
  output: number;
  selected: UnitPlace;
  isSilenced(place: UnitPlace): boolean;
}

export interface DiagramEvents {
  /** The pointer is over a unit, or over none any more. */
  look(place: UnitPlace | undefined): void;
  /** A unit was pressed, or has the focus. */
  choose(place: UnitPlace): void;
}

export class Diagram {
  readonly element = make('div', 'diagram');
  readonly #words: Words['inside'];
  readonly #lines = svg('svg');
  readonly #columns = make('div', 'diagram-columns');
  readonly #on: DiagramEvents;
  /** The numbers that are shown. */
  #built = '';

  constructor(words: Words['inside'], on: DiagramEvents) {
    this.#words = words;
    this.#on = on;
    this.#columns.addEventListener('pointerleave', () => on.look(undefined));
    this.#lines.setAttribute('aria-hidden', 'true');
    this.#lines.setAttribute('preserveAspectRatio', 'none');
    this.#lines.setAttribute('viewBox', '0 0 100 100');
    const picture = make('div', 'diagram-picture');
    picture.append(this.#lines, this.#columns);
    this.element.append(picture);
  }

  show(scene: DiagramScene): void {
    const { trace, paths, selected, isSilenced } = scene;
    // Built anew only where its numbers changed, so that a button stays under the pointer that chooses it.
    const built = JSON.stringify([
      paths,
      paths.shown.map((units, layer) =>
        units.map((unit) => [trace.layers[layer]!.a[unit], isSilenced({ layer, unit })]),
      ),
      document.documentElement.dataset['theme'],
    ]);
    if (built !== this.#built) this.#build(scene);
    this.#built = built;
    const pressed = `${selected.layer}-${selected.unit}`;
    for (const button of this.#columns.querySelectorAll<HTMLElement>('[data-unit]')) {
      button.setAttribute('aria-pressed', String(button.dataset['unit'] === pressed));
    }
  }

  #build(scene: DiagramScene): void {
    const { trace, paths } = scene;
    const columns = [this.#inputColumn(trace), ...paths.shown.map((units, layer) => this.#column(scene, layer, units))];
    const focused = (document.activeElement as HTMLElement | null)?.dataset['unit'];
    const hadFocus = this.#columns.contains(document.activeElement);
    this.#columns.replaceChildren(...columns);
    this.#columns.style.setProperty('--columns', String(columns.length));
    this.#lines.replaceChildren(...this.#paths(scene));
    if (hadFocus && focused) this.#columns.querySelector<HTMLElement>(`[data-unit="${focused}"]`)?.focus();
  }

  #inputColumn({ x }: Trace): HTMLElement {
    const column = make('div', 'diagram-column');
    const canvas = thumbnail(x, inkRamp(), (value) => 255 * value);
    canvas.className = 'diagram-input';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', this.#words.input);
    column.append(make('span', 'diagram-title', this.#words.input), wrapped([canvas]));
    return column;
  }

  #column(scene: DiagramScene, layer: number, units: readonly number[]): HTMLElement {
    const { trace } = scene;
    const isLast = layer === trace.layers.length - 1;
    const column = make('div', 'diagram-column');
    column.setAttribute('role', 'group');
    const title = isLast ? this.#words.output : this.#words.layer(layer + 1);
    column.setAttribute('aria-label', title);
    const heading = make('span', 'diagram-title', title);
    heading.setAttribute('aria-hidden', 'true');
    column.append(heading, wrapped(units.map((unit) => this.#unit(scene, layer, unit))));
    return column;
  }

  #unit({ trace, names, output, isSilenced }: DiagramScene, layer: number, unit: number): HTMLElement {
    const { a } = trace.layers[layer]!;
    const isLast = layer === trace.layers.length - 1;
    const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
    const button = make('button', 'diagram-unit');
    button.type = 'button';
    button.dataset['unit'] = `${layer}-${unit}`;
    const value = isLast ? percent(a[unit]!) : number(a[unit]!);
    button.title = `${names.of(layer, unit)}: ${value}`;
    button.style.setProperty('--share', String(Math.min(1, Math.abs(a[unit]!) / largest)));
    button.classList.toggle('is-silenced', isSilenced({ layer, unit }));
    button.classList.toggle('is-answer', isLast && unit === output);
    if (layer === 0) {
      const weights = weightsInto(trace.layers[0]!, unit);
      const most = weights.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
      const canvas = thumbnail(weights, signedRamp(), (value) => 128 + (127 * value) / most);
      canvas.setAttribute('aria-hidden', 'true');
      button.append(canvas);
    }
    button.append(make('span', '', names.index(layer, unit)), make('span', 'sr-only', ` ${button.title}`));
    const choose = (): void => this.#on.choose({ layer, unit });
    button.addEventListener('click', choose);
    button.addEventListener('focus', () => button.matches(':focus-visible') && choose());
    button.addEventListener('pointerenter', ({ pointerType }) => {
      if (pointerType === 'mouse') this.#on.look({ layer, unit });
    });
    return button;
  }

  /** Lines in hundredths of the picture, whose columns are of one width and whose units stand at even distances. */
  #paths({ trace, paths }: DiagramScene): SVGPathElement[] {
    const { shown, links } = paths;
    const columns = shown.length + 1;
    const x = (column: number): number => (100 * (column + 0.5)) / columns;
    const y = (layer: number, place: number): number => (100 * (place + 0.5)) / shown[layer]!.length;
    const first = shown[0]!.map((unit) => trace.layers[0]!.z[unit]! - trace.layers[0]!.bias[unit]!);
    const all = [
      { layer: 0, links: first.map((passed, to) => ({ from: -1, to, passed })) },
      ...links.map((each, layer) => ({ layer, links: each })).slice(1),
    ];
    return all.flatMap(({ layer, links }) => {
      const most = links.reduce((most, { passed }) => Math.max(most, Math.abs(passed)), 1e-30);
      return [...links]
        .sort((one, other) => Math.abs(one.passed) - Math.abs(other.passed))
        .map(({ from, to, passed }) => {
          const [x0, x1] = [x(layer), x(layer + 1)];
          const [y0, y1] = [from < 0 ? 50 : y(layer - 1, from), y(layer, to)];
          const middle = (x0 + x1) / 2;
          const share = Math.abs(passed) / most;
          return svg('path', {
            d: `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`,
            class: passed < 0 ? 'link is-negative' : 'link',
            'stroke-width': 0.5 + 4.5 * share,
            'stroke-opacity': 0.25 + 0.65 * share,
          });
        });
    });
  }
}

function wrapped(units: HTMLElement[]): HTMLElement {
  const box = make('div', 'diagram-units');
  box.append(...units);
  return box;
}
