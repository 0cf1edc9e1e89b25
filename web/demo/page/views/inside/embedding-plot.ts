/** A thousand digits as numerals in the plane, of which one is chosen: by pointer, or by arrow keys, to the next one there. */
import { colour } from '../../colour.js';
import { context2d, fitCanvas, make, oncePerFrame } from '../../dom.js';
import { COMPONENTS } from '../../../shared/inside-work.js';
import type { Embedding } from '../../../shared/inside-work.js';
import type { Words } from '../../words/words.js';
import { classColours } from './class-colours.js';

export interface PlotScene {
  embedding: Embedding;
  /** The components to the right and upwards. */
  plane: readonly [number, number];
  /** The only class that is not pale; undefined where all count. */
  only: number | undefined;
  selected: number | undefined;
  describe(digit: number): string;
}

export interface PlotEvents {
  /** The pointer is over a digit, or over none any more. */
  look(digit: number | undefined): void;
  choose(digit: number | undefined): void;
}

/** Room around the digits, as a share of the plane's width or height. */
const MARGIN = 0.05;
/** Farthest distance from the pointer to the digit that it means, in CSS pixels. */
const REACH = 18;
/** Opacity of digits that are not of the class that is shown alone, and of rings, because there may be hundreds. */
const PALE = 0.13;
const RING = 0.6;

export class EmbeddingPlot {
  readonly element = make('div', 'embedding-plot prints-whole');
  readonly #canvas = make('canvas');
  readonly #ring = make('span', 'embedding-ring');
  readonly #drawn = make('span', 'embedding-drawn');
  readonly #on: PlotEvents;
  readonly #paint = oncePerFrame(() => this.#paintNow());
  #scene: PlotScene | undefined;
  /** All that the numerals depend on. */
  #painted: readonly unknown[] = [];
  #looked: number | undefined;
  /** The place of the drawn digit along each component. */
  #drawnAt: readonly number[] | undefined;
  /** CSS pixels of the middle of the plane, for each unit of a component, and the numbers in the middle. */
  #scale = { x: 0, y: 0, size: 0, middle: [0, 0] as [number, number] };

  readonly #words: Words['embedding'];

  /** @param stamp a picture of the drawn digit */
  constructor(words: Words['embedding'], stamp: HTMLElement, on: PlotEvents) {
    this.#words = words;
    this.#on = on;
    this.#canvas.setAttribute('aria-label', words.plot);
    this.#canvas.setAttribute('role', 'slider');
    this.#drawn.append(stamp);
    this.#ring.hidden = this.#drawn.hidden = true;
    this.element.append(this.#canvas, this.#ring, this.#drawn);
    fitCanvas(this.#canvas, () => this.#paintNow());
    this.#canvas.addEventListener('pointermove', (event) => this.#look(this.#digitAt(event)));
    this.#canvas.addEventListener('pointerleave', () => this.#look(undefined));
    this.#canvas.addEventListener('click', (event) => on.choose(this.#digitAt(event)));
    this.#canvas.addEventListener('keydown', (event) => this.#key(event));
  }

  show(scene: PlotScene | undefined): void {
    this.#scene = scene;
    const count = scene?.embedding.answers.length ?? 0;
    this.#canvas.tabIndex = scene ? 0 : -1;
    this.#canvas.setAttribute('aria-disabled', String(!scene));
    this.#canvas.setAttribute('aria-valuemin', '0');
    this.#canvas.setAttribute('aria-valuemax', String(count));
    const selected = scene?.selected;
    this.#canvas.setAttribute('aria-valuenow', String(selected === undefined ? 0 : selected + 1));
    this.#canvas.setAttribute(
      'aria-valuetext',
      selected === undefined ? this.#words.noneChosen : scene!.describe(selected),
    );
    // Painted anew only where the numerals changed, because a drawing asks for a place many times a second.
    const painted = [scene?.embedding, scene?.plane, scene?.only, document.documentElement.dataset['theme']];
    if (painted.some((part, i) => part !== this.#painted[i])) this.#paint();
    else this.#mark();
    this.#painted = painted;
  }

  /** Moves the drawn digit to its place along the components; undefined where it has none. */
  place(drawn: readonly number[] | undefined): void {
    this.#drawnAt = drawn;
    this.#mark();
  }

  #placeOf(numbers: ArrayLike<number>, from: number): [number, number] {
    const { x, y, size, middle } = this.#scale;
    const [right, up] = this.#scene!.plane;
    return [x + size * (numbers[from + right]! - middle[0]), y - size * (numbers[from + up]! - middle[1])];
  }

  #digitPlace(digit: number): [number, number] {
    return this.#placeOf(this.#scene!.embedding.points, digit * COMPONENTS);
  }

  /** The same scale in both directions, because distances are to be compared. */
  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const { embedding, plane } = this.#scene!;
    const [horizontal, vertical] = plane.map((component) => {
      let [low, high] = [Infinity, -Infinity];
      for (let i = component; i < embedding.points.length; i += COMPONENTS) {
        low = Math.min(low, embedding.points[i]!);
        high = Math.max(high, embedding.points[i]!);
      }
      return { middle: (low + high) / 2, reach: Math.max(1e-12, high - low) };
    }) as [{ middle: number; reach: number }, { middle: number; reach: number }];
    const inner = 1 - 2 * MARGIN;
    this.#scale = {
      x: width / 2,
      y: height / 2,
      size: inner * Math.min(width / horizontal.reach, height / vertical.reach),
      middle: [horizontal.middle, vertical.middle],
    };
  }

  #paintNow(): void {
    const canvas = this.#canvas;
    const { width, height } = canvas;
    const context = context2d(canvas);
    context.clearRect(0, 0, width, height);
    if (!this.#scene || width === 0 || height === 0) return this.#mark();
    this.#measure();
    const { embedding, only } = this.#scene;
    const { labels } = embedding.digits;
    const pixel = width / canvas.clientWidth;
    const colours = classColours();
    const font = canvas.clientWidth < 480 ? 10 : 12;
    context.font = `600 ${font * pixel}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineWidth = 1.25 * pixel;
    context.strokeStyle = colour('ink');
    for (let digit = 0; digit < labels.length; digit++) {
      const label = labels[digit]!;
      const [x, y] = this.#digitPlace(digit).map((value) => value * pixel) as [number, number];
      context.globalAlpha = only === undefined || only === label ? 1 : PALE;
      context.fillStyle = colours[label]!;
      context.fillText(String(label), x, y);
      if (embedding.answers[digit] === label) continue;
      context.globalAlpha *= RING;
      context.beginPath();
      context.arc(x, y - 0.04 * font * pixel, 0.68 * font * pixel, 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
    this.#mark();
  }

  /** Puts the ring around the digit that is looked at, and the drawn one where it belongs. */
  #mark(): void {
    const at = this.#looked ?? this.#scene?.selected;
    this.#ring.hidden = at === undefined || !this.#scene;
    this.#drawn.hidden = !this.#drawnAt || !this.#scene;
    if (!this.#scene) return;
    if (at !== undefined) move(this.#ring, this.#digitPlace(at));
    if (!this.#drawnAt) return;
    const { clientWidth, clientHeight } = this.#canvas;
    const [x, y] = this.#placeOf(this.#drawnAt, 0);
    // A drawing unlike all the digits may lie outside of them: then it is at the edge.
    const within = (value: number, most: number): number => Math.max(18, Math.min(most - 18, value));
    move(this.#drawn, [within(x, clientWidth), within(y, clientHeight)]);
  }

  #look(digit: number | undefined): void {
    if (digit === this.#looked) return;
    this.#looked = digit;
    this.#mark();
    this.#on.look(digit);
  }

  #digitAt({ offsetX, offsetY }: PointerEvent | MouseEvent): number | undefined {
    return this.#best((x, y) => {
      const distance = Math.hypot(x - offsetX, y - offsetY);
      return distance <= REACH ? distance : undefined;
    });
  }

  /** The digit, among those that are not pale, with the smallest cost. */
  #best(cost: (x: number, y: number, digit: number) => number | undefined): number | undefined {
    if (!this.#scene) return undefined;
    const { only, embedding } = this.#scene;
    let [best, least] = [undefined as number | undefined, Infinity];
    embedding.digits.labels.forEach((label, digit) => {
      if (only !== undefined && label !== only) return;
      const value = cost(...this.#digitPlace(digit), digit);
      if (value !== undefined && value < least) [best, least] = [digit, value];
    });
    return best;
  }

  #key(event: KeyboardEvent): void {
    if (!this.#scene || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = this.#keyed(event.key);
    if (to === 'none') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') this.#on.choose(undefined);
    else if (to !== undefined) this.#on.choose(to);
  }

  /** The digit that a key leads to; 'none' if the key is not for the plot. */
  #keyed(key: string): number | undefined | 'none' {
    const { selected, embedding, only } = this.#scene!;
    const { labels } = embedding.digits;
    const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const turn = { PageDown: 1, PageUp: -1 }[key];
    if (key === 'Escape') return selected === undefined ? 'none' : undefined;
    const middle = (): [number, number] => [this.#canvas.clientWidth / 2, this.#canvas.clientHeight / 2];
    const home = this.#drawnAt ? this.#placeOf(this.#drawnAt, 0) : middle();
    const nearest = (): number | undefined => this.#best((x, y) => Math.hypot(x - home[0], y - home[1]));
    if (key === 'Home' || (direction && selected === undefined)) return nearest();
    if (direction) {
      const [fromX, fromY] = this.#digitPlace(selected!);
      return this.#best((x, y, digit) => {
        const [dx, dy] = [x - fromX, y - fromY];
        const ahead = dx * direction[0]! + dy * direction[1]!;
        const aside = Math.abs(dx * direction[1]! - dy * direction[0]!);
        // A quarter of the circle belongs to each key.
        return digit !== selected && ahead > 0 && aside <= ahead ? ahead + 2 * aside : undefined;
      });
    }
    if (turn) {
      const count = labels.length;
      for (let step = 1; step <= count; step++) {
        const digit = ((selected ?? (turn > 0 ? -1 : 0)) + turn * step + count * 2) % count;
        const counts = only === undefined || labels[digit] === only;
        if (counts && embedding.answers[digit] !== labels[digit]) return digit;
      }
      return undefined;
    }
    return 'none';
  }
}

function move(element: HTMLElement, [x, y]: [number, number]): void {
  element.style.transform = `translate(${x}px, ${y}px) translate(-50%, -50%)`;
}
