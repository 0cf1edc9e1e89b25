/** The size of a layer's gradient: a number, and a bar on a logarithmic scale, because sizes differ by powers of ten. */
import { make } from '../../dom.js';
import { normText } from './figures.js';
import { words } from './words.js';

/** Powers of ten at the ends of the bar. */
const [LEAST, MOST] = [-8, 1];

export class Gradient {
  readonly element = make('p', 'net-gradient');
  readonly #value = make('span');
  readonly #bar = make('span', 'net-gradient-bar');

  constructor() {
    this.#value.setAttribute('aria-hidden', 'true');
    this.element.append(this.#value, this.#bar);
    this.element.setAttribute('role', 'img');
    this.show(undefined);
  }

  show(norm: number | undefined): void {
    const text = norm === undefined ? '–' : normText(norm);
    if (this.#value.textContent === text) return;
    this.#value.textContent = text;
    this.element.title = words.diagram.gradientNorm(text);
    this.element.setAttribute('aria-label', this.element.title);
    const share = norm !== undefined && norm > 0 ? (Math.log10(norm) - LEAST) / (MOST - LEAST) : 0;
    this.#bar.style.setProperty('--share', String(Math.min(1, Math.max(0, share))));
  }
}
