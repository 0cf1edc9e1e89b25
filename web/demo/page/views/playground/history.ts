/** Losses, learning rate and its bound after each epoch, as many as a chart can show: of a long run every second, fourth, eighth … epoch. */
import type { Losses } from './network.js';

const AT_MOST = 512;

export class LossHistory {
  readonly epochs: number[] = [];
  readonly training: (number | null)[] = [];
  readonly validation: (number | null)[] = [];
  readonly rates: number[] = [];
  /** 2/λ_max where it was computed. */
  readonly bounds: (number | null)[] = [];
  #stride = 1;

  add(epoch: number, { training, validation }: Losses, rate: number, bound?: number): void {
    if (epoch % this.#stride !== 0) return;
    this.epochs.push(epoch);
    this.training.push(training);
    this.validation.push(validation ?? null);
    this.rates.push(rate);
    this.bounds.push(bound ?? null);
    if (this.epochs.length <= AT_MOST) return;
    this.#stride *= 2;
    const isKept = this.epochs.map((each) => each % this.#stride === 0);
    for (const list of [this.epochs, this.training, this.validation, this.rates, this.bounds] as (number | null)[][]) {
      const kept = list.filter((_, i) => isKept[i]);
      list.splice(0, list.length, ...kept);
    }
  }
}
