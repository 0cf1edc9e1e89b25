/** A visitor and a table: it is given, read otherwise, trained on, asked, forgotten. Owner of its store. */
import { BYTES_AT_MOST } from '../../../shared/table-work.js';
import type {
  Answer,
  Cell,
  EpochFigures,
  Fault,
  ReadOptions,
  TableProfile,
  TableTasks,
  TaskName,
  TrainPlan,
} from '../../../shared/table-work.js';
import { includedOf, isOfUse, targetOf, tasksOf } from './guess.js';
import { readSettings } from './settings.js';
import { TableShelf } from './shelf.js';
import { isUnderWay, newStore, NO_RUN, PLAIN } from './state.js';
import type { Model, Source, TableRun, TableState } from './state.js';
import { Refused, TableWorker } from './worker.js';

/** Properties that a reload brings back. */
const KEPT = ['source', 'options', 'included', 'target', 'task', 'fields', 'run', 'model', 'importance'] as const;
/** Figures are shown at most this often. */
const SHOW_MS = 50;
/** Points of a curve at most; beyond, every second one is left out. */
const POINTS = 2000;

export function faultIn(error: unknown): Fault {
  return error instanceof Refused ? error.fault : { fault: 'other', text: String(error) };
}

export class Session {
  readonly store = newStore();
  readonly #worker = new TableWorker();
  readonly #shelf = new TableShelf();
  /** Grows with each table that is opened, so that what comes late is dropped. */
  #opening = 0;
  #attempt = 0;
  /** Done when a worker that died has been replaced. */
  #revived: Promise<void> = Promise.resolve();
  /** The model and run that Reset took away. */
  #before: Pick<TableState, 'run' | 'model' | 'importance'> | undefined;

  get #state(): TableState {
    return this.store.state;
  }

  get canUndo(): boolean {
    return this.#before !== undefined && this.#state.model === undefined;
  }

  /** A task of the worker; a new one, after one has died, first gets the table and the model. */
  async #do<Name extends TaskName>(
    task: Name,
    take: TableTasks[Name]['take'],
    onEpoch?: (figures: EpochFigures) => void,
  ): Promise<TableTasks[Name]['give']> {
    if (this.#worker.hasDied) this.#revived = this.#replace();
    await this.#revived;
    return this.#worker.do(task, take, onEpoch);
  }

  /** Gives a new worker the table and the model. */
  async #replace(): Promise<void> {
    const { source, options, model } = this.#state;
    if (!source) return;
    await this.#worker.do('read', { source: source.blob, options });
    if (model) await this.#revive(model);
  }

  /** Reads a table that was given; one that cannot be read leaves the one before as it was. */
  async open(source: Source): Promise<void> {
    const opening = ++this.#opening;
    if (source.blob.size > BYTES_AT_MOST) {
      this.store.set({ fault: { fault: 'large', got: source.blob.size }, isReading: false });
      return;
    }
    this.store.set({ isReading: true, fault: undefined });
    try {
      const profile = await this.#worker.do('read', { source: source.blob, options: PLAIN });
      if (opening !== this.#opening) return;
      if (isUnderWay(this.#state.run)) this.stop();
      this.#attempt++;
      this.#before = undefined;
      const target = targetOf(profile);
      this.store.set({
        source,
        isReading: false,
        options: PLAIN,
        profile,
        included: includedOf(profile),
        ...chosen(profile, target),
        run: NO_RUN,
        model: undefined,
        importance: undefined,
      });
      await this.#keep();
    } catch (error) {
      // The worker, too, goes on with the table before.
      if (opening === this.#opening) this.store.set({ fault: faultIn(error), isReading: false });
    }
  }

  /** Reads the same table in another way. */
  async reread(patch: Partial<ReadOptions>): Promise<void> {
    const { source, options } = this.#state;
    if (!source) return;
    const opening = ++this.#opening;
    const next = { ...options, ...patch };
    // Other names of columns: what was said of the old ones means nothing.
    if ('header' in patch) next.kinds = {};
    this.store.set({ isReading: true, fault: undefined });
    try {
      const profile = await this.#worker.do('read', { source: source.blob, options: next });
      if (opening !== this.#opening) return;
      const { included, target, profile: before } = this.#state;
      const known = new Map(before?.columns.map((column) => [column.name, column]));
      const guessed = includedOf(profile);
      const kept = profile.columns.filter((column) => {
        const old = known.get(column.name);
        return old && isOfUse(old) ? included.has(column.name) : guessed.has(column.name);
      });
      const stays = profile.columns.some(({ name }) => name === target) ? target : targetOf(profile);
      this.store.set({
        isReading: false,
        options: next,
        profile,
        included: new Set(kept.map(({ name }) => name)),
        ...chosen(profile, stays, this.#state.task),
      });
      await this.#keep();
    } catch (error) {
      if (opening === this.#opening) this.store.set({ fault: faultIn(error), isReading: false });
    }
  }

  change(patch: Partial<Pick<TableState, 'included' | 'task' | 'fields'>>): void {
    this.store.set(patch);
    void this.#keep();
  }

  predict(target: string): void {
    const { profile } = this.#state;
    if (!profile) return;
    this.store.set(chosen(profile, target));
    void this.#keep();
  }

  /** The training that Train would begin; undefined where something is missing. */
  plan(): TrainPlan | undefined {
    const { profile, target, task, included, fields } = this.#state;
    const { settings } = readSettings(fields);
    const column = profile?.columns.find(({ name }) => name === target);
    if (!profile || !settings || !column || !tasksOf(column, profile.rows).includes(task)) return undefined;
    const features = profile.columns.filter((each) => each.name !== target && included.has(each.name) && isOfUse(each));
    return { target: column.name, task, features: features.map(({ name }) => name), ...settings };
  }

  async train(): Promise<void> {
    const plan = this.plan();
    if (!plan || isUnderWay(this.#state.run)) return;
    const attempt = ++this.#attempt;
    const begin = performance.now();
    const { run: before } = this.#state;
    let epochs: EpochFigures[] = [];
    let shown = 0;
    const show = (): void => {
      shown = performance.now();
      const phase = this.#state.run.phase === 'paused' ? 'paused' : 'training';
      this.#run({ phase, epochs: epochs.slice() });
    };
    this.store.set({ run: { ...NO_RUN, phase: 'preparing', plan } });
    try {
      if (plan.features.length === 0) throw new Refused({ fault: 'no feature' });
      const trained = await this.#do('train', { plan }, (figures) => {
        if (attempt !== this.#attempt) return;
        epochs.push(figures);
        if (epochs.length > POINTS) epochs = epochs.filter((_, i) => i % 2 === 1 || i === epochs.length - 1);
        if (performance.now() - shown >= SHOW_MS) show();
      });
      if (attempt !== this.#attempt) return;
      const { results, best, optimizer, learningRate, wasStopped, model: file } = trained;
      this.#before = undefined;
      this.store.set({
        run: {
          phase: wasStopped ? 'stopped' : 'done',
          plan,
          epochs,
          seconds: (performance.now() - begin) / 1000,
          ...(best !== undefined && { best }),
          optimizer,
          learningRate,
        },
        model: { plan, results, file },
        importance: undefined,
      });
      await this.#measure(attempt);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      const { model } = this.#state;
      // The model of the training before stays, and its curve where this one has none.
      const curve = epochs.length > 0 || !model ? { epochs, plan } : { epochs: before.epochs, plan: model.plan };
      this.store.set({ run: { ...NO_RUN, ...curve, phase: 'failed', fault: faultIn(error) } });
    }
    await this.#keep();
  }

  async #measure(attempt: number): Promise<void> {
    const importance = await this.#do('importance', {});
    if (attempt === this.#attempt) this.store.set({ importance });
  }

  #run(patch: Partial<TableRun>): void {
    this.store.set({ run: { ...this.#state.run, ...patch } });
  }

  pause(isPaused: boolean): void {
    if (!isUnderWay(this.#state.run)) return;
    this.#run({ phase: isPaused ? 'paused' : 'training' });
    void this.#worker.do('pause', { isPaused });
  }

  stop(): void {
    void this.#worker.do('stop', {});
  }

  reset(): void {
    const { run, model, importance } = this.#state;
    if (isUnderWay(run)) {
      this.#attempt++;
      this.stop();
    }
    this.#before = model
      ? { run: isUnderWay(run) ? { ...NO_RUN, phase: 'done', plan: model.plan } : run, model, importance }
      : undefined;
    this.store.set({ run: NO_RUN, model: undefined, importance: undefined });
    void this.#keep();
  }

  async undoReset(): Promise<void> {
    const before = this.#before;
    if (!before?.model) return;
    this.#before = undefined;
    this.store.set(before);
    await this.#revive(before.model);
    await this.#keep();
  }

  /** Gives a model's file to the worker again, which may have been replaced by another since. */
  async #revive({ plan, file }: Model): Promise<void> {
    await this.#worker.do('revive', { plan, model: file });
  }

  ask(cells: Record<string, Cell>): Promise<Answer> {
    return this.#do('ask', { cells });
  }

  /** The model, or something made of it, as a file. */
  async file(kind: 'model' | 'script' | 'predictions'): Promise<Blob> {
    if (kind === 'model') return new Blob([this.#state.model!.file]);
    if (kind === 'predictions') return this.#do('predictions', {});
    const { name } = this.#state.source!;
    return new Blob([await this.#do('script', { name })], { type: 'text/javascript' });
  }

  /** Brings back what was kept before a reload. */
  async restore(): Promise<void> {
    const kept = await this.#shelf.get().catch(() => undefined);
    if (!kept?.source || this.#opening > 0) return;
    const opening = ++this.#opening;
    this.store.set({ isReading: true });
    try {
      const profile = await this.#worker.do('read', { source: kept.source.blob, options: kept.options });
      if (kept.model) await this.#revive(kept.model);
      if (opening !== this.#opening) return;
      this.store.set({ ...kept, profile, isReading: false });
    } catch (error) {
      if (opening === this.#opening) this.store.set({ fault: faultIn(error), isReading: false });
    }
  }

  async forget(): Promise<void> {
    this.#opening++;
    this.#attempt++;
    if (isUnderWay(this.#state.run)) this.stop();
    this.#before = undefined;
    this.store.set({ ...newStore().state, fields: this.#state.fields });
    await this.#shelf.forget().catch(() => undefined);
  }

  async #keep(): Promise<void> {
    if (!this.#state.source) return;
    const kept = Object.fromEntries(KEPT.map((name) => [name, this.#state[name]])) as Pick<
      TableState,
      (typeof KEPT)[number]
    >;
    const run = isUnderWay(kept.run) ? NO_RUN : kept.run;
    const isKept = await this.#shelf.set({ ...kept, run });
    this.store.set({ isKept });
  }
}

/** The target and what it is predicted as: as before where that is possible, else the likelier. */
function chosen(
  profile: TableProfile,
  target: string | undefined,
  wanted?: 'classes' | 'numbers',
): Pick<TableState, 'target' | 'task'> {
  const column = profile.columns.find(({ name }) => name === target);
  const tasks = column ? tasksOf(column, profile.rows) : [];
  return { target, task: wanted && tasks.includes(wanted) ? wanted : (tasks[0] ?? 'classes') };
}
