/** An entry of the gradient beside a central difference that the network itself computes. */
import { make } from '../../dom.js';
import type { Specimen } from '../../specimen/specimen.js';
import type { Words } from '../../words/words.js';
import { formula, fraction, num, row } from '../parts/mathml.js';
import type { Piece } from '../parts/mathml.js';
import { number, precise } from '../parts/numbers.js';
import type { Content, Scene } from './scene.js';

const EPSILONS = [0.1, 0.01, 0.001];

/** Relative rounding of the network's 32-bit numbers. */
const ROUNDING = 1.2e-7;

export class CheckPanel {
  readonly element = make('section', 'check');
  readonly #words: Words['steps'];
  readonly #text = make('div', 'check-text');
  readonly #verdict = make('p', 'check-verdict');
  readonly #epsilon = make('select');

  /** @param onChange called when another ε is chosen */
  constructor(words: Words['steps'], onChange: () => void) {
    this.#words = words;
    const label = make('label', 'inline-field', `${words.epsilon} `);
    for (const epsilon of EPSILONS) {
      this.#epsilon.append(new Option(number(epsilon), String(epsilon), epsilon === 0.01, epsilon === 0.01));
    }
    this.#epsilon.addEventListener('change', onChange);
    label.append(this.#epsilon);
    this.element.append(make('h3', '', words.check), this.#text, this.#verdict, label);
  }

  show({ of, analytic, place, reading }: Content['check'], { trace }: Scene, specimen: Specimen): void {
    const words = this.#words;
    const epsilon = Number(this.#epsilon.value);
    const { plus, minus, quotient, crossesKink } = specimen.difference(trace.x, trace.target, place, reading, epsilon);
    const line = (text: string, ...pieces: Piece[]): HTMLElement => {
      const made = make('p', 'check-line');
      made.append(make('span', 'muted', text), formula(...pieces));
      return made;
    };
    this.#text.replaceChildren(
      line(words.backprop, of, '=', num(number(analytic))),
      line(
        words.numeric,
        fraction(
          row(num(precise(plus)), '−', num(minus < 0 ? `(${precise(minus)})` : precise(minus))),
          row('2', '⋅', num(number(epsilon))),
        ),
        '=',
        num(number(quotient)),
      ),
    );
    const size = Math.max(Math.abs(analytic), Math.abs(quotient));
    const digits = Math.min(6, Math.floor(-Math.log10(Math.abs(analytic - quotient) / size)));
    const noise = (ROUNDING * Math.abs(plus)) / epsilon;
    const isGood = size === 0 || digits > 1;
    this.#verdict.classList.toggle('is-good', isGood);
    this.#verdict.textContent =
      size === 0
        ? words.bothZero
        : digits < 2 && crossesKink
          ? words.kink
          : digits < 2 && size < 200 * noise
            ? words.tiny
            : words.agrees(Math.max(0, digits));
  }
}
