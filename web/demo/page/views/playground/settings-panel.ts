/** How it is trained: activation, optimizer, rate, penalties, batch size, seed. */
import { OPTIMIZERS } from 'mlp-wasm';
import { make } from '../../dom.js';
import { choice, numberField } from './controls.js';
import { FIRST_RATES, HIDDEN_ACTIVATIONS } from './settings.js';
import type { Settings } from './settings.js';
import { words } from './words.js';

export interface SettingsEvents {
  set(patch: Partial<Settings>): void;
  setRate(rate: number): void;
}

export class SettingsPanel {
  readonly element = make('section', 'play-settings');
  readonly #activation;
  readonly #optimizer;
  readonly #rate;
  readonly #numbers;

  constructor({ set, setRate }: SettingsEvents) {
    const { settings: text } = words;
    this.element.setAttribute('aria-label', text.title);
    const plain = (name: string): string => name;
    this.#activation = choice('p-activation', text.activation, HIDDEN_ACTIVATIONS, plain, (activation) =>
      set({ activation }),
    );
    this.#optimizer = choice('p-optimizer', text.optimizer, OPTIMIZERS, plain, (optimizer) =>
      // With the rate that suits it, because that of another may be a hundred times too large.
      set({ optimizer, learningRate: FIRST_RATES[optimizer] }),
    );
    this.#rate = numberField('p-rate', text.learningRate, 'learningRate', setRate);
    this.#numbers = {
      batchSize: numberField('p-batch', text.batchSize, 'batchSize', (batchSize) => set({ batchSize })),
      l1: numberField('p-l1', text.l1, 'l1', (l1) => set({ l1 })),
      l2: numberField('p-l2', text.l2, 'l2', (l2) => set({ l2 })),
      seed: numberField('p-seed', text.seed, 'seed', (seed) => set({ seed })),
    };
    const { batchSize, l1, l2, seed } = this.#numbers;
    this.element.append(
      ...[this.#activation, this.#optimizer, this.#rate, batchSize, l1, l2, seed].map(({ element }) => element),
    );
  }

  /** @param rate that of the run, which the visitor may have changed since its beginning */
  show(settings: Settings, rate: number): void {
    this.#activation.show(settings.activation);
    this.#optimizer.show(settings.optimizer);
    this.#rate.show(rate);
    for (const name of ['batchSize', 'l1', 'l2', 'seed'] as const) this.#numbers[name].show(settings[name]);
    // That of lbfgs is always all of the points.
    this.#numbers.batchSize.element.querySelector('input')!.disabled = settings.optimizer === 'lbfgs';
  }
}
