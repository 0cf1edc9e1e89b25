/** A run: the network, how far it is, and the loop that trains it, a few milliseconds a frame. */
import type { Point } from './data.js';
import { LossHistory } from './history.js';
import { Network } from './network.js';
import type { Losses } from './network.js';
import { isPlainDescent } from './settings.js';
import type { Change, Settings } from './settings.js';

/** Time that a frame trains for. The rest of it is for painting. */
const BUDGET_MS = 6;
/** The part of the time that goes into the bound of the learning rate, so that it is trained and painted as before. */
const BOUND_SHARE = 0.25;
/** Losses above this are as good as infinite. */
const LARGEST_LOSS = 1e6;

/** `empty`: there is nothing to learn from; `diverged` and `converged` are ends. */
export type Phase = 'empty' | 'paused' | 'running' | 'diverged' | 'converged';

export class Run {
  phase: Phase = 'empty';
  network: Network | undefined;
  history = new LossHistory();
  losses: Losses | undefined;
  /** Made by the visitor while it learned. */
  changes: readonly Change[] = [];
  /** The learning rate now. */
  rate = 0;
  /** 2/λ_max as it was last computed; of plain gradient descent alone. */
  bound: number | undefined;

  readonly #isShown: () => boolean;
  readonly #onChange: () => void;
  #speed: Settings['speed'] = 'epoch';
  /** The step to stop at. */
  #target = 0;
  #frame: number | undefined;
  #hasBound = false;
  #boundDue = 0;

  /** @param isShown tells whether anybody sees it; it waits while nobody does */
  constructor(isShown: () => boolean, onChange: () => void) {
    this.#isShown = isShown;
    this.#onChange = onChange;
  }

  /** Steps that are to come before it stops by itself. */
  get isRunning(): boolean {
    return this.phase === 'running';
  }

  /** The step that it goes to; Infinity while it plays. */
  get target(): number {
    return this.#target;
  }

  get epoch(): number {
    return this.network ? Math.floor(this.network.step / this.network.stepsPerEpoch) : 0;
  }

  set speed(speed: Settings['speed']) {
    this.#speed = speed;
  }

  /** Begins anew, at step 0. */
  begin(settings: Settings, points: readonly Point[]): void {
    this.#end();
    this.network?.dispose();
    this.network = undefined;
    this.changes = settings.changes;
    this.rate = settings.learningRate;
    this.#speed = settings.speed;
    this.history = new LossHistory();
    this.losses = undefined;
    this.bound = undefined;
    this.#hasBound = isPlainDescent(settings);
    const canLearn = settings.inputs.length > 0 && points.some(({ isHeldOut }) => !isHeldOut);
    this.phase = canLearn ? 'paused' : 'empty';
    if (canLearn) {
      this.network = new Network(settings, points);
      this.#applyDue();
      this.#measure();
      this.#boundDue = 0;
      this.history.add(0, this.losses!, this.rate, this.#boundIfDue());
    }
    this.#onChange();
  }

  play(): void {
    this.goTo(Infinity);
  }

  pause(): void {
    if (!this.isRunning) return;
    this.#end();
    this.phase = 'paused';
    this.#measure();
    this.#boundIfDue(true);
    this.#onChange();
  }

  takeStep(): void {
    this.goTo((this.network?.step ?? 0) + 1);
  }

  /** To the end of the epoch under way. */
  takeEpoch(): void {
    if (this.network) this.goTo((this.epoch + 1) * this.network.stepsPerEpoch);
  }

  /** Trains until so many steps are done. */
  goTo(step: number): void {
    if (!this.network || this.phase === 'diverged' || this.phase === 'converged') return;
    this.#target = step;
    this.phase = 'running';
    this.#schedule();
    this.#onChange();
  }

  /** To be called when somebody sees it again. */
  wake(): void {
    if (this.isRunning) this.#schedule();
  }

  /** Changes the run under way, and notes it, so that the address gives the same run. */
  change(change: Change): void {
    if (!this.network) return;
    // Changes that were planned for later are not to come any more, because this is another run now.
    const isSamePlace = (other: Change): boolean =>
      other.step === change.step && JSON.stringify({ ...other, value: 0 }) === JSON.stringify({ ...change, value: 0 });
    this.changes = [...this.changes.filter((other) => other.step <= change.step && !isSamePlace(other)), change];
    this.#apply(change);
    this.#measure();
    this.#onChange();
  }

  #apply(change: Change): void {
    this.network!.apply(change);
    if (change.kind === 'rate') this.rate = change.value;
  }

  #applyDue(): void {
    for (const change of this.changes) if (change.step === this.network!.step) this.#apply(change);
  }

  #schedule(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      void this.#train();
    });
  }

  #end(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  /** Trains for a frame. All its steps are in one task, so that nothing else happens between them. */
  async #train(): Promise<void> {
    const { network } = this;
    if (!network || !this.isRunning || !this.#isShown()) return;
    const until = performance.now() + BUDGET_MS;
    const isOnTheWay = this.#target < Infinity;
    const atMost =
      isOnTheWay || this.#speed === 'full' ? Infinity : this.#speed === 'epoch' ? network.stepsPerEpoch : 1;
    for (let done = 0; done < atMost && network.step < this.#target && this.phase === 'running'; done++) {
      if (!(await this.#step(network))) return;
      if (performance.now() >= until) break;
    }
    if (network.step >= this.#target && this.phase === 'running') this.phase = 'paused';
    this.#measure();
    if (this.isRunning) this.#schedule();
    this.#onChange();
  }

  /** False if the run was replaced meanwhile. */
  async #step(network: Network): Promise<boolean> {
    const hasMore = await network.advance();
    if (network !== this.network) return false;
    if (!hasMore) {
      this.phase = 'converged';
      return true;
    }
    this.#applyDue();
    if (network.step % network.stepsPerEpoch !== 0) return true;
    this.#measure();
    this.history.add(this.epoch, this.losses!, this.rate, this.#boundIfDue(network.step >= this.#target));
    // Asked at the ends of epochs alone, so that it does not hang on the machine's speed.
    if (!(this.losses!.training < LARGEST_LOSS)) this.phase = 'diverged';
    return true;
  }

  /** Undefined where it is not its turn, unless it is wanted now, and where the loss is not finite any more. */
  #boundIfDue(isWanted = false): number | undefined {
    const began = performance.now();
    if (!this.#hasBound || (began < this.#boundDue && !isWanted)) return undefined;
    const bound = this.network!.rateBound();
    const end = performance.now();
    this.#boundDue = end + (end - began) * (1 / BOUND_SHARE - 1);
    if (Number.isNaN(bound)) return undefined;
    return (this.bound = bound);
  }

  #measure(): void {
    this.losses = this.network?.losses();
  }
}
