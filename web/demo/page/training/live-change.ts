/**
 * Settings that a run takes in the middle: the activation of all layers, that and the dropout of a single one, and the
 * augmentation. They hold from the next turn on, when the training ends a slice of itself and goes on from there with the
 * same weights and optimizer.
 */
import type { Settings } from '../settings/settings.js';
import type { Attempt } from './attempt.js';
import type { ChangedNetwork } from './change-network.js';
import { isSameNetwork, layersOf } from './layers.js';
import { networkOf } from './run.js';
import type { Run } from './run.js';
import type { RemoteModel, TrainingWorker } from './worker.js';

export class LiveChange {
  /** The settings that came last, and the same where the run does not have them yet. */
  #latest: Settings | undefined;
  #wanted: Settings | undefined;
  #slice = new AbortController();

  /** True while settings wait to be taken. */
  get isWanted(): boolean {
    return this.#wanted !== undefined;
  }

  want(settings: Settings, { settings: its, ...run }: Run): void {
    this.#latest = settings;
    const isSame = isSameNetwork(layersOf(settings), networkOf({ ...run, ...(its && { settings: its }) }));
    // An activation that no layer takes changes no network, but the run's settings stay those of the form.
    const isAlike = settings.activation === its?.activation && settings.augmentation === its.augmentation;
    this.#wanted = isSame && isAlike ? undefined : settings;
    if (this.#wanted) this.#slice.abort();
  }

  /** Compares the settings that came last with the run once more, because they may have come while it was changed. */
  again(run: Run): void {
    if (this.#latest) this.want(this.#latest, run);
  }

  forget(): void {
    this.#latest = this.#wanted = undefined;
  }

  /** The signal of a new slice, which ends with its attempt, or when settings are wanted. */
  begin(attempt: Attempt): AbortSignal {
    const slice = (this.#slice = new AbortController());
    const end = (): void => slice.abort();
    // Settings may have come since the last slice ended.
    if (attempt.signal.aborted || this.#wanted) end();
    attempt.signal.addEventListener('abort', end, { once: true });
    return slice.signal;
  }

  /** The network with the settings that are wanted, and what becomes of its run; undefined where none are. */
  async take(model: RemoteModel, run: Run, worker: TrainingWorker): Promise<ChangedNetwork | undefined> {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (!wanted) return undefined;
    const { takeSettings } = await import('./change-network.js');
    return takeSettings(wanted, model, run, worker);
  }
}
