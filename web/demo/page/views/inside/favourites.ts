/** Digits that excite a unit: of some hundred generated ones, its mean on each class, and those that it likes best. */
import { generateDigits } from 'mlp-wasm/digits';
import { make } from '../../dom.js';
import { inkRamp } from '../../colour.js';
import { PIXELS } from '../../../shared/digit-work.js';
import type { Specimen } from '../../specimen/specimen.js';
import type { Words } from '../../words/words.js';
import { number } from '../parts/numbers.js';
import { Picture } from '../parts/picture.js';
import type { UnitPlace } from './diagram.js';
import { thumbnail } from './thumbnail.js';

const COUNT = 400;
/** Far from the seeds that people train with. */
const SEED = 4_000_000_000;
const CLASSES = 10;
const BEST = 6;

export class FavouritesPanel {
  readonly element = make('div', 'favourites');
  readonly #words: Words['inside'];
  readonly #means = new Picture();
  readonly #text = make('p', 'note');
  readonly #best = make('div', 'favourites-best');
  #digits: { x: Float32Array; labels: readonly number[] } | undefined;
  /** Activations of each layer, digits × units, of the network in this state. */
  #activations: { of: string; layers: Float32Array[] } | undefined;
  #shown = '';

  /** @param onReady called when the digits are made */
  constructor(words: Words['inside'], onReady: () => void) {
    this.#words = words;
    this.#best.setAttribute('aria-hidden', 'true');
    this.element.append(this.#means.figure, this.#text, this.#best);
    void generateDigits({ count: COUNT, seed: SEED }).then(({ x, y }) => {
      this.#digits = { x: Float32Array.from(x), labels: Array.from(y) };
      onReady();
    });
  }

  /** @param state a name for the weights that the network has now */
  show(specimen: Specimen, { layer, unit }: UnitPlace, state: string): void {
    const digits = this.#digits;
    if (!digits) return;
    if (this.#activations?.of !== state) {
      this.#activations = { of: state, layers: specimen.activations(digits.x) };
    }
    const shown = `${state} ${layer} ${unit} ${document.documentElement.dataset['theme']}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const { units } = specimen.layers[layer]!;
    const values = Float32Array.from({ length: COUNT }, (_, i) => this.#activations!.layers[layer]![i * units + unit]!);
    const means = meansOf(values, digits.labels);
    this.#means.show({
      title: this.#words.means,
      values: means,
      kind: 'signed',
      labels: Array.from(means, (_, digit) => String(digit)),
      describe: (digit) => `${digit}: ${number(means[digit]!)}`,
    });
    const order = Array.from(values.keys()).sort((one, other) => values[other]! - values[one]!);
    const best = order.slice(0, BEST).filter((i) => values[i]! !== 0);
    const ramp = inkRamp();
    this.#best.replaceChildren(
      ...best.map((i) => thumbnail(digits.x.subarray(i * PIXELS, (i + 1) * PIXELS), ramp, (value) => 255 * value)),
    );
    this.#text.textContent =
      best.length > 0 ? this.#words.best(best.map((i) => String(digits.labels[i])).join(', ')) : this.#words.noneExcite;
  }
}

function meansOf(values: Float32Array, labels: readonly number[]): Float32Array {
  const [sums, counts] = [new Float32Array(CLASSES), new Float32Array(CLASSES)];
  labels.forEach((label, i) => {
    sums[label]! += values[i]!;
    counts[label]!++;
  });
  return sums.map((sum, label) => sum / Math.max(1, counts[label]!));
}
