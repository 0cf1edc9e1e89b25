/**
 * The way of a training through the space of its weights: few moments of it, evenly spread. When there are too many, every
 * second one is dropped, and from then on only half as many are kept: however long it trains, its beginning stays.
 */
import { flat } from '../../shared/flat-weights.js';
import type { Moment } from '../../shared/inside-work.js';
import type { NetworkSnapshot } from '../reading/snapshot.js';
import type { Run } from './run.js';

/** Moments that are kept at most, and their bytes; a network too large for a few of them has no path. */
export const MOMENTS_AT_MOST = 40;
const BYTES_AT_MOST = 32e6;
const MOMENTS_AT_LEAST = 8;

export class WeightPath {
  /** The run that the moments are of. */
  #began: number | undefined;
  #moments: Moment[] = [];
  /** Only each so many-th moment that is offered is kept. */
  #oneIn = 1;
  #offered = 0;

  /** True while there are fewer moments than a picture wants. */
  get isShort(): boolean {
    return this.#moments.length < MOMENTS_AT_LEAST && this.#oneIn === 1;
  }

  /** The moments of a run, up to where it is. */
  of({ began, epoch }: Pick<Run, 'began' | 'epoch'>): readonly Moment[] {
    return began === this.#began ? this.#moments.filter((moment) => moment.epoch < epoch) : [];
  }

  /** Keeps a moment of a run, or lets it pass. One that has been set back goes on from where it is. */
  async offer(run: Pick<Run, 'began' | 'epoch'>, weights: () => Promise<NetworkSnapshot['weights']>): Promise<void> {
    this.#moments = [...this.of(run)];
    if (run.began !== this.#began) [this.#began, this.#oneIn, this.#offered] = [run.began, 1, 0];
    if (this.#offered++ % this.#oneIn !== 0) return;
    const moment = { epoch: run.epoch, weights: flat(await weights()) };
    const { byteLength } = moment.weights;
    if (MOMENTS_AT_LEAST * byteLength > BYTES_AT_MOST) {
      this.#oneIn = Infinity;
      return;
    }
    this.#moments.push(moment);
    if (this.#moments.length < Math.min(MOMENTS_AT_MOST, Math.floor(BYTES_AT_MOST / byteLength))) return;
    this.#moments = this.#moments.filter((_, i) => i % 2 === 0);
    this.#oneIn *= 2;
  }
}
