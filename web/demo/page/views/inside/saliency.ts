/** The share of each pixel in an output, laid over the drawing. */
import { make } from '../../dom.js';
import type { Specimen } from '../../specimen/specimen.js';
import type { Words } from '../../words/words.js';
import type { UnitNames } from '../parts/names.js';
import { number } from '../parts/numbers.js';
import { Picture } from '../parts/picture.js';

const METHODS = ['integratedGradients', 'gradientTimesInput'] as const;

/** Steps of the integral, and while the pen is down. */
const STEPS = 50;
const QUICK_STEPS = 8;

export class SaliencyPanel {
  readonly element = make('section', 'saliency');
  readonly #words: Words['inside'];
  readonly #method = make('select');
  readonly #of = make('select');
  readonly #picture = new Picture();
  readonly #adds = make('p', 'muted');

  /** @param onChange called when another method or output is chosen */
  constructor(words: Words['inside'], onChange: () => void) {
    this.#words = words;
    this.#method.id = 'saliency-method';
    this.#of.id = 'saliency-of';
    this.#method.append(...METHODS.map((name) => new Option(words[name], name)));
    const fields = make('div', 'saliency-fields');
    for (const [text, select] of [
      [words.of, this.#of],
      [words.method, this.#method],
    ] as const) {
      const label = make('label', 'inline-field', `${text} `);
      select.addEventListener('change', onChange);
      label.append(select);
      fields.append(label);
    }
    this.element.append(
      make('h2', '', words.saliency),
      make('p', 'note', words.saliencyText),
      fields,
      this.#picture.figure,
      this.#adds,
    );
  }

  /**
   * @param answer the class that is explained, unless the visitor chose another
   * @param isQuick true while the digit is being drawn, when exactness can wait
   */
  show(specimen: Specimen, digit: Float32Array, answer: number, names: UnitNames, isQuick: boolean): void {
    const outputs = specimen.layers.at(-1)!.units;
    const chosen = this.#options(outputs, answer, names);
    const method = METHODS.find((name) => name === this.#method.value) ?? METHODS[0];
    const {
      attributions,
      outputs: at,
      baselineOutputs,
    } = specimen.explain(digit, {
      method,
      ...(method === 'integratedGradients' && { steps: isQuick ? QUICK_STEPS : STEPS }),
      unit: chosen,
      logits: true,
    });
    this.#picture.show({
      title: names.of(specimen.layers.length - 1, chosen),
      values: attributions,
      under: digit,
      kind: 'signed',
      describe: (pixel) => `${names.of(-1, pixel)}: ${number(attributions[pixel]!)}`,
    });
    const sum = attributions.reduce((sum, value) => sum + value, 0);
    this.#adds.textContent = this.#words.adds(number(sum), number(at[0]! - baselineOutputs[0]!));
  }

  #options(outputs: number, answer: number, names: UnitNames): number {
    const first = this.#words.asAnswered(names.answer(answer));
    if (this.#of.options.length !== outputs + 1) {
      const each = Array.from({ length: outputs }, (_, unit) => new Option(names.answer(unit), String(unit)));
      this.#of.replaceChildren(new Option(first, ''), ...each);
    } else if (this.#of.options[0]!.text !== first) {
      this.#of.options[0]!.text = first;
    }
    return this.#of.value === '' ? answer : Number(this.#of.value);
  }
}
