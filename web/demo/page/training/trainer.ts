/**
 * Trains the visitor's network in the worker and turns what happens there into state. A run goes on after Stop, after a
 * reload and after the death of its worker, from its last checkpoint.
 */
import type { Logs } from 'mlp-wasm';
import type { DataSource, Digits, DigitSplit } from '../../shared/digit-work.js';
import { activationsOf, inputOf, readingOf, tilesOf } from '../reading/look-inside.js';
import type { Reading } from '../reading/look-inside.js';
import type { NetworkSnapshot } from '../reading/snapshot.js';
import type { Settings } from '../settings/settings.js';
import type { PageStore } from '../state.js';
import { Attempt, Diverged } from './attempt.js';
import { digitsOf } from './digit-sets.js';
import { keepFiles, KeptRuns } from './kept-runs.js';
import type { KeptRun } from './kept-runs.js';
import { Meter } from './meter.js';
import { EVERY, ONE_IN, Pace } from './pace.js';
import { afterEpoch, ended, goesOn, IDLE, isRunning, withTraining } from './run.js';
import type { Run } from './run.js';
import * as say from './sentences.js';
import { layersOf, TrainingWorker } from './worker.js';
import type { RemoteModel } from './worker.js';

/** Time between two turns in which the worker hears of the page while it trains. */
const TURN_MS = 30;
const BYTES = 1 / 255; // ink is 1

export class Trainer {
  /** The accuracy of the pretrained network on the same digits, where there is that network. */
  rival: ((digits: Digits) => Promise<number>) | undefined;

  readonly #store: PageStore;
  readonly #worker = new TrainingWorker();
  readonly #kept = new KeptRuns();
  /** The attempt started last; only its reports count. */
  #attempt = new Attempt();
  #model: RemoteModel | undefined;
  /** The last checkpoint of the current run. */
  #checkpoint: KeptRun | undefined;
  /** The run that Reset took away. */
  #previous: KeptRun | undefined;

  constructor(store: PageStore) {
    this.#store = store;
  }

  /** True if there is a network of the visitor's own to ask. */
  get hasNetwork(): boolean {
    return this.#model !== undefined && this.#run.epoch > 0;
  }

  get #run(): Run {
    return this.#store.state.run;
  }

  /** Goes on with the network there is where these settings allow it, else begins with a new one. */
  async train(settings: Settings, source: DataSource): Promise<void> {
    const resume = this.#model !== undefined && goesOn(this.#run, settings, source.key);
    const attempt = this.#begin();
    if (resume) {
      this.#update({ phase: 'preparing', settings, fraction: this.#run.epoch / settings.epochs });
      this.#model!.learningRate = settings.learningRate;
    } else {
      this.#forgetNetwork();
      this.#store.set({ run: { ...IDLE, phase: 'preparing', settings, digits: source.key }, mistakes: undefined });
    }
    this.#say('Starting …');
    await this.#conclude(attempt, () => this.#work(attempt, source, resume));
  }

  pause(): void {
    this.#attempt.pause();
    this.#update({ phase: 'paused' });
    this.#say('Paused.');
  }

  resume(): void {
    this.#attempt.resume();
    this.#update({ phase: this.#run.epoch > 0 ? 'training' : 'preparing' });
    this.#say(say.epochSentence(this.#run));
  }

  stop(): void {
    this.#attempt.stop();
  }

  /** Sets the learning rate of the current run, from its next step. */
  setLearningRate(learningRate: number): void {
    const { settings, phase } = this.#run;
    if (!settings || !isRunning(phase) || settings.learningRate === learningRate) return;
    this.#update({ settings: { ...settings, learningRate } });
    if (this.#model) this.#model.learningRate = learningRate;
  }

  /** Back to before any training; the pretrained network answers again. */
  async reset(): Promise<void> {
    const { run, mistakes } = this.#store.state;
    const model = this.#model;
    let taken = this.#checkpoint;
    this.#begin();
    this.#model = this.#checkpoint = undefined;
    this.#store.set({ run: IDLE, mistakes: undefined, canUndoReset: this.#previous !== undefined });
    this.#say('Back to the pretrained network.');
    void this.#kept.set('current', undefined);
    if (model) {
      try {
        if (run.epoch > 0) taken = { run: ended(run), mistakes, checkpoint: await model.checkpoint() };
      } catch {
        // The worker has died, so that only the last checkpoint can be brought back.
      }
      void model.dispose().catch(() => undefined);
    }
    if (!taken) return;
    this.#previous = taken;
    void this.#kept.set('previous', taken);
    this.#store.set({ canUndoReset: true });
  }

  /** Brings back what Reset took away. */
  async undoReset(): Promise<void> {
    const previous = this.#previous;
    if (!previous) return;
    this.#previous = undefined;
    this.#store.set({ canUndoReset: false });
    if (await this.#bringBack(previous, say.broughtBack(previous.run))) void this.#kept.set('previous', undefined);
  }

  /** Brings back the run that an earlier view of the page has left; resolves to its settings. */
  async restore(): Promise<Settings | undefined> {
    const attempt = this.#attempt;
    await keepFiles(this.#store, this.#kept);
    const [current, previous] = [await this.#kept.get('current'), await this.#kept.get('previous')];
    if (attempt !== this.#attempt) return undefined; // the visitor was faster
    if (previous) {
      this.#previous = previous;
      this.#store.set({ canUndoReset: true });
    }
    if (!current) return undefined;
    return (await this.#bringBack(current, say.broughtBack(current.run))) ? current.run.settings : undefined;
  }

  /** The reading of a drawing by the visitor's network, if there is one. */
  async read(pixels: Uint8Array | undefined): Promise<Reading | undefined> {
    const model = this.#model;
    if (!model || !pixels) return undefined;
    try {
      return readingOf(activationsOf(await model.forwardTrace(inputOf(pixels))));
    } catch {
      if (model === this.#model && !isRunning(this.#run.phase)) await this.#revive();
      return undefined;
    }
  }

  /** The visitor's network as it is now, if there is one. */
  async snapshot(): Promise<NetworkSnapshot | undefined> {
    const { settings } = this.#run;
    const model = this.hasNetwork ? this.#model : undefined;
    const weights = settings && (await model?.getWeights().catch(() => undefined));
    return weights && { by: 'trained', layers: layersOf(settings), weights };
  }

  /** Gives the visitor's network other weights, in the order of those of its snapshot. */
  async adopt(weights: NetworkSnapshot['weights']): Promise<void> {
    const [attempt, model] = [this.#attempt, this.#model];
    await model?.setWeights([...weights]);
    if (model) await this.#show(attempt, model, new Pace(0));
    if (model) await this.#keep(attempt, model, true);
  }

  /** A new attempt; the one before it ends, and its reports are ignored from now on. */
  #begin(): Attempt {
    this.#attempt.stop();
    return (this.#attempt = new Attempt());
  }

  #forgetNetwork(): void {
    void this.#model?.dispose().catch(() => undefined);
    this.#model = this.#checkpoint = undefined;
    void this.#kept.set('current', undefined);
  }

  /** From the digits to the last step. */
  async #work(attempt: Attempt, source: DataSource, resume: boolean): Promise<void> {
    const digits = await digitsOf(source, attempt.signal, async (doing, fraction) => {
      if (attempt !== this.#attempt) return;
      if (!resume) this.#update({ fraction });
      if (this.#run.phase !== 'paused') this.#say(`${doing} …`);
      await attempt.whileResumed();
    });
    void this.#compare(attempt, digits);
    let deaths = 0;
    for (let from = resume ? this.#run.epoch : 0; ; from = this.#run.epoch) {
      try {
        if (!this.#model) await this.#open(attempt);
        if (attempt === this.#attempt) await this.#fit(attempt, digits);
        return;
      } catch (error) {
        if (attempt !== this.#attempt || error instanceof Diverged || !(await this.#worker.hasDied())) throw error;
        this.#model = undefined;
        deaths = this.#run.epoch > from ? 1 : deaths + 1;
        if (deaths > 1 || attempt.signal.aborted) throw error;
        const { run, mistakes } = this.#checkpoint ?? { run: { ...IDLE, digits: source.key }, mistakes: undefined };
        const settings = this.#run.settings!;
        this.#store.set({ run: { ...run, settings, phase: 'preparing', note: say.replacedNote(run) }, mistakes });
        this.#say(say.replacedNote(run));
      }
    }
  }

  /** A network in the worker: that of the last checkpoint, else a new one. */
  async #open(attempt: Attempt): Promise<void> {
    const { settings } = this.#run;
    const model = await (this.#checkpoint
      ? this.#worker.load(this.#checkpoint.checkpoint)
      : this.#worker.build(settings!));
    if (this.#checkpoint) model.learningRate = settings!.learningRate;
    if (attempt === this.#attempt) this.#model = model;
    else void model.dispose().catch(() => undefined);
  }

  async #compare(attempt: Attempt, { heldOut }: DigitSplit): Promise<void> {
    if (this.#run.rivalAccuracy !== undefined) return;
    const rivalAccuracy = await this.rival?.(heldOut).catch(() => undefined);
    if (attempt === this.#attempt && rivalAccuracy !== undefined) this.#update({ rivalAccuracy });
  }

  async #fit(attempt: Attempt, { training, heldOut }: DigitSplit): Promise<void> {
    const model = this.#model!;
    const { epochs, batchSize } = this.#run.settings!;
    const count = training.labels.length;
    const resume = this.#run.epoch > 0;
    const meter = new Meter(count, !resume, performance.now());
    const reports = new Pace(EVERY.report);
    const tiles = new Pace(EVERY.tiles, ONE_IN);
    const judgements = new Pace(EVERY.judgement, ONE_IN);
    const checkpoints = new Pace(EVERY.checkpoint, ONE_IN);
    checkpoints.done(performance.now());
    let diverged = false;
    let clock = performance.now();

    /** True if the report is of the current attempt and the network has not diverged. */
    const counts = ({ loss }: Logs): boolean => {
      if (attempt !== this.#attempt || attempt.signal.aborted) return false;
      if (!Number.isFinite(loss)) {
        diverged = true;
        attempt.stop();
      }
      return !diverged;
    };
    const passTime = (): void => {
      const now = performance.now();
      this.#update({ milliseconds: this.#run.milliseconds + now - clock });
      clock = now;
    };
    const whileResumed = async (): Promise<void> => {
      if (!(await attempt.whileResumed())) return;
      clock = performance.now();
      meter.restart(clock);
    };
    const keep = (): Promise<void> => checkpoints.run(() => this.#keep(attempt, model));

    this.#update({ threads: await this.#worker.threads() });
    await model.fit({ data: training.pixels, scale: BYTES }, training.labels, {
      epochs,
      batchSize,
      resume,
      validationData: [{ data: heldOut.pixels, scale: BYTES }, heldOut.labels],
      signal: attempt.signal,
      yieldEvery: TURN_MS,
      callbacks: {
        onYield: async (epoch, batch, logs) => {
          if (!counts(logs)) return;
          const now = performance.now();
          const samples = Math.min(batch * batchSize, count);
          const figures = reports.isDue(now) ? meter.take(samples, logs, now) : undefined;
          if (figures) {
            reports.done(now);
            passTime();
            const position = epoch + samples / count;
            this.#update({
              phase: this.#run.phase === 'paused' ? 'paused' : 'training',
              fraction: position / epochs,
              epoch: position,
              loss: figures.loss,
              samplesPerSecond: figures.samplesPerSecond,
              curve: withTraining(this.#run.curve, position, figures),
            });
            if (this.#run.phase === 'training') this.#say(say.epochSentence(this.#run));
            await this.#show(attempt, model, tiles);
            await keep();
          }
          await whileResumed();
        },
        onEpochEnd: async (epoch, logs) => {
          if (!counts(logs)) return;
          meter.endEpoch(count, logs);
          passTime();
          this.#update(afterEpoch(this.#run, epoch + 1, logs));
          await judgements.run(() => this.#judge(attempt, model, heldOut));
          await keep();
          // Epochs of tiny runs end between two turns.
          await whileResumed();
        },
      },
    });
    if (diverged) throw new Diverged();
    if (attempt !== this.#attempt || this.#run.epoch === 0) return;
    await this.#show(attempt, model, new Pace(0));
    await this.#judge(attempt, model, heldOut);
  }

  /** Shows the kernels, when they are due, and the reading of the drawing. */
  async #show(attempt: Attempt, model: RemoteModel, tiles: Pace): Promise<void> {
    const { pixels } = this.#store.state;
    const layers = pixels && (await model.forwardTrace(inputOf(pixels)));
    if (attempt !== this.#attempt) return;
    if (layers && this.#store.state.pixels === pixels) {
      this.#store.set({ answer: { ...readingOf(activationsOf(layers)), by: 'trained', of: pixels } });
    }
    await tiles.run(async () => {
      const [kernel] = await model.getWeights();
      if (attempt === this.#attempt) this.#store.set({ kernels: { ...tilesOf(kernel!), by: 'trained' } });
    });
  }

  async #judge(attempt: Attempt, model: RemoteModel, heldOut: Digits): Promise<void> {
    const { judge } = await import('./judge.js');
    const probabilities = await model.predict({ data: heldOut.pixels, scale: BYTES });
    if (attempt === this.#attempt) this.#store.set({ mistakes: judge(heldOut, probabilities) });
  }

  /** Makes a checkpoint; the browser keeps it, unless it is still busy with the last one. */
  async #keep(attempt: Attempt, model: RemoteModel, isLast = false): Promise<void> {
    const checkpoint = await model.checkpoint();
    if (attempt !== this.#attempt) return;
    const { run, mistakes } = this.#store.state;
    this.#checkpoint = { run: ended(run), mistakes, checkpoint };
    if (isLast || !this.#kept.isBusy) void this.#kept.set('current', this.#checkpoint);
  }

  /** Does the work of an attempt, and says how it ended. */
  async #conclude(attempt: Attempt, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (error instanceof Diverged || !attempt.signal.aborted) return this.#fail(error);
    }
    if (attempt !== this.#attempt) return;
    const isDone = !attempt.signal.aborted;
    this.#update({ phase: isDone ? 'done' : 'stopped', ...(isDone && { fraction: 1 }) });
    this.#say(isDone ? say.resultSentence(this.#run) : say.stopSentence(this.#run));
    if (this.hasNetwork) await this.#keep(attempt, this.#model!, true).catch(() => undefined);
  }

  /** Reports the error. A network whose numbers are finite is kept, so that Train may go on from there. */
  #fail(error: unknown): void {
    const stays = this.hasNetwork && !(error instanceof Diverged);
    if (!stays) this.#forgetNetwork();
    this.#update({ phase: stays ? 'stopped' : 'failed' });
    this.#store.set({ status: { text: say.failureSentence(error), tone: 'error' } });
  }

  /** The worker may have died while nobody trained: then the network comes back in a new one. */
  async #revive(): Promise<void> {
    if (!(await this.#worker.hasDied())) return;
    this.#model = undefined;
    const back = 'The training worker stopped; your network was brought back in a new one.';
    if (this.#checkpoint) await this.#bringBack(this.#checkpoint, back);
  }

  async #bringBack(kept: KeptRun, sentence: string): Promise<boolean> {
    const attempt = this.#begin();
    try {
      const model = await this.#worker.load(kept.checkpoint);
      if (attempt !== this.#attempt) {
        void model.dispose().catch(() => undefined);
        return false;
      }
      this.#model = model;
      this.#checkpoint = kept;
      void this.#kept.set('current', kept);
      this.#store.set({ run: kept.run, mistakes: kept.mistakes });
      this.#say(sentence);
      await this.#show(attempt, model, new Pace(0));
      return true;
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(error);
      return false;
    }
  }

  #update(patch: Partial<Run>): void {
    this.#store.set({ run: { ...this.#run, ...patch } });
  }

  #say(text: string): void {
    if (text !== this.#store.state.status.text) this.#store.set({ status: { text, tone: 'plain' } });
  }
}
