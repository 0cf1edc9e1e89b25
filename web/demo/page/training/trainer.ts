/**
 * Trains the visitor's network in the worker and turns what happens there into state. A run goes on after Stop, after a
 * reload and after the death of its worker, from its last checkpoint.
 *
 * Longer than 400 lines because all that can befall a run changes the same few fields, which no other part may see.
 */
import type { DataSource, Digits, DigitSplit } from '../../shared/digit-work.js';
import type { Moment } from '../../shared/inside-work.js';
import type { PlainNetwork } from '../../shared/model-work.js';
import { activationsOf, inputOf, readingOf } from '../reading/look-inside.js';
import type { Reading } from '../reading/look-inside.js';
import type { NetworkSnapshot } from '../reading/snapshot.js';
import { toFields } from '../settings/settings.js';
import type { Settings } from '../settings/settings.js';
import type { PageStore } from '../state.js';
import { words } from '../words/first-view.js';
import { Attempt, Diverged } from './attempt.js';
import type { Portion } from './attempt.js';
import { digitsAtHand, digitsOf } from './digit-sets.js';
import { keepFiles, KeptRuns } from './kept-runs.js';
import type { KeptRun } from './kept-runs.js';
import { LiveChange } from './live-change.js';
import { Pace } from './pace.js';
import { ended, goesOn, IDLE, isAsOpened, isRunning, networkOf } from './run.js';
import type { Run } from './run.js';
import * as say from './sentences.js';
import { showReading } from './show.js';
import { UndoStack } from './undo-stack.js';
import type { WeightPath } from './weight-path.js';
import { TrainingWorker } from './worker.js';
import type { RemoteModel } from './worker.js';

export class Trainer {
  /** The accuracy of the pretrained network on the same digits, where there is that network. */
  rival: ((digits: Digits) => Promise<number>) | undefined;

  readonly #store: PageStore;
  readonly #worker = new TrainingWorker();
  readonly #kept = new KeptRuns();
  /** Runs that an earlier view of the page has left, asked for before this one keeps any. */
  readonly #left = Promise.all([this.#kept.get('current'), this.#kept.get('previous')]);
  readonly #first = new Attempt();
  /** The attempt started last; only its reports count. */
  #attempt = this.#first;
  #model: RemoteModel | undefined;
  /** The last checkpoint of the current run. */
  #checkpoint: KeptRun | undefined;
  /** The run that Reset took away. */
  #previous: KeptRun | undefined;
  readonly #undo = new UndoStack();
  readonly #live = new LiveChange();
  #path: WeightPath | undefined;
  /** The attempt that is over so soon that the page stays as it is meanwhile: a step, or its undoing. */
  #quiet: Attempt | undefined;
  /** True once the visitor knows that a reload forgets. */
  #isWarned = false;

  constructor(store: PageStore) {
    this.#store = store;
  }

  /** True if there is a network of the visitor's own to ask. */
  get hasNetwork(): boolean {
    return this.#model !== undefined && (this.#run.epoch > 0 || this.#run.opened !== undefined);
  }

  get #run(): Run {
    return this.#store.state.run;
  }

  /** True while it learns, or is about to. */
  get isBusy(): boolean {
    return isRunning(this.#run.phase) || this.#quiet === this.#attempt;
  }

  /** Goes on with the network there is where these settings allow it, else begins with a new one. */
  async train(settings: Settings, source: DataSource, portion: Portion = 'all'): Promise<void> {
    const resume = this.#model !== undefined && goesOn(this.#run, settings, source.key);
    const { run, mistakes } = this.#store.state;
    const [network, old] = [this.hasNetwork ? this.#model : undefined, resume ? undefined : this.#model];
    const attempt = this.#begin(portion);
    const isQuiet = portion === 'step' && digitsAtHand(source.key) !== undefined;
    if (isQuiet) this.#quiet = attempt;
    const phase = isQuiet ? 'stopped' : 'preparing';
    if (resume) {
      const isTouched = this.#run.isTouched === true || this.#run.settings!.learningRate !== settings.learningRate;
      this.#update({ phase, settings, isTouched, digits: source.key, fraction: this.#run.epoch / settings.epochs });
      this.#model!.learningRate = settings.learningRate;
    } else {
      this.#model = this.#checkpoint = undefined;
      const run: Run = { ...IDLE, phase, settings, digits: source.key, began: Date.now() };
      this.#store.set({ run, mistakes: undefined });
      this.#kept.set('current', { run });
    }
    if (!isQuiet) this.#say(words.run.starting);
    await this.#conclude(attempt, async () => {
      await this.#remember(attempt, network, { run: ended(run), mistakes });
      void old?.dispose().catch(() => undefined);
      await this.#work(attempt, source, resume);
    });
  }

  /** Back to before the last press that made the network learn. */
  async undo(): Promise<void> {
    const before = this.isBusy ? undefined : this.#undo.pop();
    if (!before) return;
    this.#store.set({ undoable: this.#undo.last });
    const { portion, kept } = before;
    // Changes on the way are undone with it.
    if (kept?.run.settings && this.#run.isTouched) this.#store.set({ fields: toFields(kept.run.settings) });
    const sentence = say.undoneSentence(portion, kept?.run);
    const old = this.#model;
    if (kept) {
      await this.#bringBack(kept, sentence);
      if (old !== this.#model) void old?.dispose().catch(() => undefined);
    } else {
      this.#begin();
      this.#forgetNetwork();
      this.#store.set({ run: IDLE, mistakes: undefined });
      this.#say(sentence);
    }
  }

  pause(): void {
    this.#attempt.pause();
    this.#update({ phase: 'paused' });
    this.#say(words.run.paused);
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
    this.#update({ settings: { ...settings, learningRate }, isTouched: true });
    if (this.#model) this.#model.learningRate = learningRate;
  }

  /** Settings of the current run that it takes in the middle, from its next turn on. */
  change(settings: Settings): void {
    if (isRunning(this.#run.phase)) this.#live.want(settings, this.#run);
  }

  /** Back to before any training; the pretrained network answers again. */
  async reset(): Promise<void> {
    const { run, mistakes } = this.#store.state;
    const model = this.#model;
    let taken = this.#checkpoint;
    this.#begin();
    this.#model = this.#checkpoint = undefined;
    this.#undo.clear();
    const canUndoReset = this.#previous !== undefined;
    this.#store.set({ run: IDLE, mistakes: undefined, canUndoReset, undoable: undefined });
    this.#say(words.run.reset);
    this.#kept.set('current', undefined);
    if (model) {
      try {
        if (isAsOpened(run))
          taken = undefined; // its file is there
        else if (run.epoch > 0) taken = { run: ended(run), mistakes, checkpoint: await model.checkpoint() };
      } catch {
        // The worker has died, so that only the last checkpoint can be brought back.
      }
      void model.dispose().catch(() => undefined);
    }
    if (taken) this.#keepPrevious(taken);
  }

  /** Keeps a run that Undo Reset brings back. */
  #keepPrevious(run: KeptRun): void {
    this.#previous = run;
    this.#kept.set('previous', run);
    this.#store.set({ canUndoReset: true });
  }

  /** Brings back what Reset took away. */
  async undoReset(): Promise<void> {
    const previous = this.#previous;
    if (!previous) return;
    this.#previous = undefined;
    this.#store.set({ canUndoReset: false });
    if (await this.#bringBack(previous, say.broughtBack(previous.run))) this.#kept.set('previous', undefined);
  }

  /** Brings back the run that an earlier view of the page has left; resolves to its settings. */
  async restore(): Promise<Settings | undefined> {
    await keepFiles(this.#store, this.#kept);
    const [current, previous] = await this.#left;
    if (previous && !this.#previous) {
      this.#previous = previous;
      this.#store.set({ canUndoReset: true });
    }
    if (!current) return undefined;
    if (this.#attempt !== this.#first) {
      // The visitor was faster: the run that was left is what Undo leads to, while there is something to undo.
      if (!('checkpoint' in current) || this.#undo.underlay(current)) return undefined;
      if (this.isBusy || this.hasNetwork) {
        if (!this.#previous) this.#keepPrevious(current);
        return undefined;
      }
    }
    if (!('checkpoint' in current)) {
      this.#say(say.CUT_OFF);
      return current.run.settings;
    }
    return (await this.#bringBack(current, say.broughtBack(current.run))) ? current.run.settings : undefined;
  }

  /** The reading of a drawing by the visitor's network, if there is one. */
  async read(pixels: Uint8Array | undefined): Promise<Reading | undefined> {
    const model = this.#model;
    if (!model || !pixels) return undefined;
    const layers = networkOf(this.#run);
    try {
      return readingOf(activationsOf(layers, await model.forwardTrace(inputOf(pixels))));
    } catch (error) {
      if (model === this.#model && !isRunning(this.#run.phase)) await this.#revive(error);
      return undefined;
    }
  }

  /** The visitor's network as it is now, if there is one. */
  async snapshot(): Promise<NetworkSnapshot | undefined> {
    const layers = networkOf(this.#run);
    const model = this.hasNetwork ? this.#model : undefined;
    const weights = await model?.getWeights().catch(() => undefined);
    return weights && { by: 'trained', layers, weights };
  }

  /** Moments of the visitor's training, from its beginning to before now. */
  get path(): readonly Moment[] {
    return this.#path?.of(this.#run) ?? [];
  }

  /** The visitor's network with all that its training needs to go on elsewhere, if there is one. */
  async checkpoint(): Promise<Uint8Array | undefined> {
    return this.hasNetwork ? this.#model!.checkpoint() : undefined;
  }

  /** Makes the network of a file the visitor's own; the one before it comes back by Reset and its undoing. */
  async open({ layers, weights }: PlainNetwork, name: string, settings: Settings): Promise<void> {
    const checkpoint = await this.#worker.checkpointOf(settings, { layers, weights });
    await this.reset();
    const run: Run = { ...IDLE, phase: 'stopped', settings, began: Date.now(), opened: { name, layers } };
    await this.#bringBack({ run, mistakes: undefined, checkpoint }, say.openedSentence(run));
  }

  /** Gives the visitor's network other weights, in the order of those of its snapshot. */
  async adopt(weights: NetworkSnapshot['weights']): Promise<void> {
    const [attempt, model] = [this.#attempt, this.#model];
    await model?.setWeights([...weights]);
    if (!model || attempt !== this.#attempt) return;
    // The figures are those of the old weights, and new ones may take long: the digits may have to be made again.
    const { valAccuracy: _old, ...run } = this.#run;
    this.#store.set({ run: { ...run, isTouched: true }, mistakes: undefined });
    await this.#show(attempt, model);
    await this.#keep(attempt, model, true);
    const isCurrent = (): boolean => attempt === this.#attempt;
    try {
      const { judgeAnew } = await import('./judge-anew.js');
      if (await judgeAnew(this.#store, model, isCurrent)) await this.#keep(attempt, model, true);
    } catch {
      // The network is the visitor's without figures, too.
    }
    if (isCurrent() && this.#run.phase === 'done') this.#say(say.resultSentence(this.#run));
  }

  /** A new attempt; the one before it ends, and its reports are ignored from now on. */
  #begin(portion?: Portion): Attempt {
    this.#attempt.stop();
    this.#live.forget();
    return (this.#attempt = new Attempt(portion));
  }

  /** Keeps the network as it was before an attempt, so that it can be undone. */
  async #remember(
    attempt: Attempt,
    model: RemoteModel | undefined,
    before: Omit<KeptRun, 'checkpoint'>,
  ): Promise<void> {
    const last = model && this.#checkpoint; // for a worker that has died meanwhile
    const checkpoint = await model?.checkpoint().catch(() => undefined);
    if (attempt !== this.#attempt) return;
    this.#undo.push(attempt.portion, checkpoint ? { ...before, checkpoint } : last);
    this.#store.set({ undoable: this.#undo.last });
  }

  #forgetNetwork(): void {
    void this.#model?.dispose().catch(() => undefined);
    this.#model = this.#checkpoint = undefined;
    this.#kept.set('current', undefined);
  }

  /** From the digits to the last step. */
  async #work(attempt: Attempt, source: DataSource, resume: boolean): Promise<void> {
    const digits = await digitsOf(source, attempt.signal, async (doing, fraction) => {
      if (attempt !== this.#attempt) return;
      if (!resume) this.#update({ fraction });
      if (this.#run.phase !== 'paused') this.#say(doing);
      await attempt.whileResumed();
    });
    void this.#compare(attempt, digits);
    let deaths = 0;
    let isChanged = false;
    for (let from = resume ? this.#run.epoch : 0; ; from = this.#run.epoch) {
      try {
        if (!this.#model) await this.#open(attempt);
        do {
          if (await this.#change(attempt)) isChanged = true;
          if (attempt === this.#attempt) await this.#fit(attempt, digits, isChanged || this.#run.epoch > 0);
        } while (this.#live.isWanted && !attempt.signal.aborted);
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

  /** Gives the network the settings that were changed meanwhile; true if there were any. */
  async #change(attempt: Attempt): Promise<boolean> {
    const old = this.#model!;
    const change = await this.#live.take(old, this.#run, this.#worker);
    if (!change) return false;
    const isCurrent = attempt === this.#attempt;
    const unused = isCurrent ? old : change.model;
    if (change.model !== old) void unused.dispose().catch(() => undefined);
    if (!isCurrent) return false;
    this.#model = change.model;
    this.#update(change.patch);
    this.#live.again(this.#run);
    await this.#keep(attempt, change.model, true);
    return true;
  }

  /** A network in the worker: that of the last checkpoint, else a new one. */
  async #open(attempt: Attempt): Promise<void> {
    const { settings } = this.#run;
    const kept = this.#checkpoint?.checkpoint;
    const model = await (kept ? this.#worker.load(kept) : this.#worker.build(settings!));
    if (kept) model.learningRate = settings!.learningRate;
    if (attempt === this.#attempt) this.#model = model;
    else void model.dispose().catch(() => undefined);
  }

  async #compare(attempt: Attempt, { heldOut }: DigitSplit): Promise<void> {
    const known = this.#run.rivalAccuracy;
    const rivalAccuracy = known ?? (await this.rival?.(heldOut).catch(() => undefined));
    if (attempt === this.#attempt && rivalAccuracy !== undefined) this.#update({ rivalAccuracy });
  }

  async #fit(attempt: Attempt, split: DigitSplit, resume: boolean): Promise<void> {
    const model = this.#model!;
    const [{ learn, WeightPath }, threads] = await Promise.all([import('./fit.js'), this.#worker.threads()]);
    this.#update({ threads });
    await learn(model, split, {
      store: this.#store,
      attempt,
      slice: this.#live.begin(attempt),
      resume,
      isCurrent: () => attempt === this.#attempt,
      update: (patch) => this.#update(patch),
      say: (text) => this.#say(text),
      path: (this.#path ??= new WeightPath()),
      keep: (isLast) => this.#keep(attempt, model, isLast),
    });
  }

  #show(attempt: Attempt, model: RemoteModel): Promise<void> {
    return showReading(this.#store, model, () => attempt === this.#attempt, new Pace(0));
  }

  /** Makes a checkpoint; the browser keeps it, unless it is still busy with the last one. */
  async #keep(attempt: Attempt, model: RemoteModel, isLast = false): Promise<void> {
    const checkpoint = await model.checkpoint();
    if (attempt !== this.#attempt) return;
    const { run, mistakes } = this.#store.state;
    this.#checkpoint = { run: ended(run), mistakes, checkpoint };
    if (isLast || !this.#kept.isBusy) this.#kept.set('current', this.#checkpoint);
  }

  /** Does the work of an attempt, and says how it ended. */
  async #conclude(attempt: Attempt, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (error instanceof Diverged || !attempt.signal.aborted) return this.#fail(error);
      if (!this.#model && this.#run.epoch > 0) return this.#recover(error);
    }
    if (attempt !== this.#attempt) return;
    const isDone = !attempt.signal.aborted;
    if (this.#quiet === attempt) this.#quiet = undefined;
    this.#update({ phase: isDone ? 'done' : 'stopped', ...(isDone && { fraction: 1 }) });
    if (attempt.isComplete) this.#say(say.portionSentence(this.#run));
    else this.#say(isDone ? say.resultSentence(this.#run) : say.stopSentence(this.#run));
    if (this.hasNetwork) await this.#keep(attempt, this.#model!, true).catch(() => undefined);
    else this.#kept.set('current', undefined);
    void this.#warn(attempt);
  }

  /** Says, once, that a reload will forget what was trained, where it will. */
  async #warn(attempt: Attempt): Promise<void> {
    const obstacle = await this.#kept.obstacle();
    if (!obstacle || this.#isWarned || !this.hasNetwork) return;
    const { unkept } = await import('./unkept.js');
    if (attempt !== this.#attempt) return;
    this.#isWarned = true;
    this.#say(`${this.#store.state.status.text} ${unkept[obstacle]}`);
  }

  /** Reports the error. A network whose numbers are finite is kept, so that Train may go on from there. */
  #fail(error: unknown): void {
    this.#quiet = undefined;
    const stays = this.hasNetwork && !(error instanceof Diverged);
    if (!stays) this.#forgetNetwork();
    this.#update({ phase: stays ? 'stopped' : 'failed' });
    this.#store.set({ status: { text: say.failureSentence(error), tone: 'error' } });
  }

  /** The worker may have died while nobody trained. */
  async #revive(error: unknown): Promise<void> {
    if (!(await this.#worker.hasDied())) return;
    this.#model = undefined;
    await this.#recover(error);
  }

  /** The network whose worker has died comes back in a new one; before its first checkpoint it is lost. */
  async #recover(error: unknown): Promise<void> {
    if (this.#checkpoint) await this.#bringBack(this.#checkpoint, words.run.revived);
    else this.#fail(error);
  }

  async #bringBack(kept: KeptRun, sentence: string): Promise<boolean> {
    const attempt = (this.#quiet = this.#begin());
    try {
      const model = await this.#worker.load(kept.checkpoint);
      if (attempt !== this.#attempt) {
        void model.dispose().catch(() => undefined);
        return false;
      }
      this.#model = model;
      this.#checkpoint = kept;
      this.#kept.set('current', kept);
      this.#store.set({ run: kept.run, mistakes: kept.mistakes });
      this.#say(sentence);
      this.#quiet = undefined;
      await this.#show(attempt, model);
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
    if (text === this.#store.state.status.text) return;
    this.#store.set({ status: { text, tone: 'plain' } });
  }
}
