/** How it is trained: activation, first weights, optimizer, rate, momentum, batch size, penalties, seed. */
import { OPTIMIZERS } from 'mlp-wasm';
import { make } from '../../dom.js';
import { choice, numberField } from './controls.js';
import { FIRST_RATES, HIDDEN_ACTIVATIONS, KERNEL_INITIALIZERS, WITH_MOMENTUM } from './settings.js';
import type { Settings } from './settings.js';
import { words } from './words.js';

export interface SettingsEvents {
  set(patch: Partial<Settings>): void;
  setRate(rate: number): void;
}

const NUMBERS = ['momentum', 'batchSize', 'l1', 'l2', 'seed'] as const;

export class SettingsPanel {
  readonly element = make('section', 'play-settings');
  readonly #activation;
  readonly #initializer;
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
    this.#initializer = choice('p-init', text.initializer, KERNEL_INITIALIZERS, plain, (initializer) =>
      set({ initializer }),
    );
    this.#optimizer = choice('p-optimizer', text.optimizer, OPTIMIZERS, plain, (optimizer) =>
      // With the rate that suits it, because that of another may be a hundred times too large.
      set({ optimizer, learningRate: FIRST_RATES[optimizer] }),
    );
    this.#rate = numberField('p-rate', text.learningRate, 'learningRate', setRate);
    this.#numbers = {
      momentum: numberField('p-momentum', text.momentum, 'momentum', (momentum) => set({ momentum })),
      batchSize: numberField('p-batch', text.batchSize, 'batchSize', (batchSize) => set({ batchSize })),
      l1: numberField('p-l1', text.l1, 'l1', (l1) => set({ l1 })),
      l2: numberField('p-l2', text.l2, 'l2', (l2) => set({ l2 })),
      seed: numberField('p-seed', text.seed, 'seed', (seed) => set({ seed })),
    };
    const { momentum, batchSize, l1, l2, seed } = this.#numbers;
    const all = [this.#activation, this.#initializer, this.#optimizer, this.#rate, momentum, batchSize, l1, l2, seed];
    this.element.append(...all.map(({ element }) => element));
  }

  /** @param rate that of the run, which the visitor may have changed since its beginning */
  show(settings: Settings, rate: number): void {
    this.#activation.show(settings.activation);
    this.#initializer.show(settings.initializer);
    this.#optimizer.show(settings.optimizer);
    this.#rate.show(rate);
    for (const name of NUMBERS) this.#numbers[name].show(settings[name]);
    // That of lbfgs is always all of the points.
    this.#numbers.batchSize.element.querySelector('input')!.disabled = settings.optimizer === 'lbfgs';
    this.#numbers.momentum.element.querySelector('input')!.disabled = !WITH_MOMENTUM.includes(settings.optimizer);
  }
}
