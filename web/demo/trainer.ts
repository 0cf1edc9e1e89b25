/**
 * The page's side of the training worker: starts it when first needed, turns its reports into state, and starts
 * a new one when it dies.
 */
import { proxy, releaseProxy, wrap } from 'comlink';
import type { Remote } from 'comlink';
import type { Settings } from './settings.js';
import { IDLE } from './state.js';
import type { Curve, PageStore, Run } from './state.js';
import type { DataSource, FileContent, Reading, TrainingApi, TrainingEvent } from './training-messages.js';

interface Connection {
  worker: Worker;
  remote: Remote<TrainingApi>;
  /** Rejects when the worker dies: its answers would never come. */
  death: Promise<never>;
}

/** Points of a curve; beyond, every second one of the training series goes. */
const POINTS_AT_MOST = 1000;

export class Trainer {
  readonly #store: PageStore;
  #connection: Connection | undefined;
  /** Counts runs, so that reports of one that was reset are told apart. */
  #generation = 0;

  constructor(store: PageStore) {
    this.#store = store;
  }

  /** Whether there is a network of the visitor's own to ask. */
  get hasNetwork(): boolean {
    const { phase, epoch } = this.#store.state.run;
    return phase !== 'idle' && phase !== 'preparing' && phase !== 'failed' && epoch > 0;
  }

  async train(settings: Settings, source: DataSource): Promise<void> {
    const generation = ++this.#generation;
    this.#store.set({ run: { ...IDLE, phase: 'preparing', settings }, mistakes: undefined });
    this.#say('Starting …');
    try {
      const { remote, pixels } = { ...this.#connect(), pixels: this.#store.state.pixels };
      await this.#ask(() => remote.look(pixels));
      let ended = false;
      // A report that comes after the outcome would bring the run back to life.
      const report = proxy((event: TrainingEvent) => {
        if (generation === this.#generation && !ended) this.#hear(event);
      });
      const outcome = await this.#ask(() => remote.train(settings, source, report)).finally(() => (ended = true));
      if (generation !== this.#generation) return;
      this.#update({ phase: outcome, ...(outcome === 'done' && { fraction: 1 }) });
      this.#say(this.#summary(outcome));
    } catch (error) {
      if (generation === this.#generation) this.#fail(error);
    }
  }

  pause(): void {
    void this.#connection?.remote.pause();
    this.#update({ phase: 'paused' });
    this.#say('Paused.');
  }

  resume(): void {
    void this.#connection?.remote.resume();
    this.#update({ phase: this.#store.state.run.epoch > 0 ? 'training' : 'preparing' });
    this.#sayEpoch();
  }

  stop(): void {
    void this.#connection?.remote.stop();
  }

  /** Back to before any training; the pretrained network answers again. */
  async reset(): Promise<void> {
    this.#generation++;
    this.#store.set({ run: IDLE, mistakes: undefined });
    this.#say('Back to the pretrained network.');
    const connection = this.#connection;
    if (connection) await this.#ask(() => connection.remote.reset()).catch(() => undefined);
  }

  /** What the network in the worker makes of a drawing; nothing when there is no such network. */
  async read(pixels: Uint8Array | undefined): Promise<Reading | undefined> {
    const remote = this.#connection?.remote;
    return remote && (await this.#ask(() => remote.look(pixels)));
  }

  async inspect(file: File): Promise<FileContent> {
    const { remote } = this.#connect();
    return this.#ask(() => remote.inspect(file));
  }

  #connect(): Connection {
    if (this.#connection) return this.#connection;
    const worker = new Worker(new URL('./training.worker.ts', import.meta.url), { type: 'module' });
    const death = new Promise<never>((_, reject) => {
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        this.#disconnect();
        const reason = event.message ? `: ${event.message}` : '';
        reject(new Error(`The training worker stopped${reason}. Train starts a new one.`));
      });
    });
    death.catch(() => undefined);
    return (this.#connection = { worker, remote: wrap<TrainingApi>(worker), death });
  }

  #disconnect(): void {
    this.#connection?.remote[releaseProxy]();
    this.#connection?.worker.terminate();
    this.#connection = undefined;
  }

  /** The worker's answer, or its death. */
  #ask<Value>(question: () => Promise<Value>): Promise<Value> {
    const { death } = this.#connect();
    return Promise.race([question(), death]);
  }

  #fail(error: unknown): void {
    // Whatever state the worker is in, the next run begins with a new one.
    this.#disconnect();
    this.#update({ phase: 'failed' });
    const reason = error instanceof Error ? error.message : String(error);
    const text = /out of memory|allocation failed/i.test(reason)
      ? 'There is not enough memory for this. Try fewer digits or smaller layers.'
      : `Training failed. ${reason}`;
    this.#store.set({ status: { text, tone: 'error' } });
  }

  #hear(event: TrainingEvent): void {
    const { run } = this.#store.state;
    switch (event.kind) {
      case 'preparing':
        this.#update({ fraction: event.fraction });
        if (run.phase !== 'paused') this.#say(`${event.doing} …`);
        break;
      case 'progress': {
        const { epoch, loss, accuracy, samplesPerSecond, reading, tiles } = event;
        this.#update({
          phase: run.phase === 'paused' ? 'paused' : 'training',
          fraction: epoch / (run.settings?.epochs ?? 1),
          epoch,
          loss,
          samplesPerSecond,
          curve: withPoint(run.curve, { epoch, loss, accuracy }),
        });
        if (reading && this.#store.state.pixels) this.#store.set({ answer: { ...reading, by: 'trained' } });
        if (tiles) this.#store.set({ kernels: { ...tiles, by: 'trained' } });
        this.#sayEpoch();
        break;
      }
      case 'epoch': {
        const { epoch, loss, accuracy, valLoss, valAccuracy } = event;
        this.#update({
          fraction: epoch / (run.settings?.epochs ?? 1),
          epoch,
          loss,
          valAccuracy,
          curve: withPoint(run.curve, { epoch, loss, accuracy, valLoss, valAccuracy }),
        });
        break;
      }
      case 'mistakes':
        this.#store.set({ mistakes: event.mistakes });
        break;
      case 'settled':
        if (!this.hasNetwork) break; // stopped before its first report
        this.#store.set({ mistakes: event.mistakes, kernels: { ...event.tiles, by: 'trained' } });
        if (event.reading && this.#store.state.pixels) {
          this.#store.set({ answer: { ...event.reading, by: 'trained' } });
        }
        break;
    }
  }

  #update(patch: Partial<Run>): void {
    this.#store.set({ run: { ...this.#store.state.run, ...patch } });
  }

  #say(text: string): void {
    if (text !== this.#store.state.status.text) this.#store.set({ status: { text, tone: 'plain' } });
  }

  #sayEpoch(): void {
    const { phase, epoch, settings } = this.#store.state.run;
    if (phase !== 'training' || !settings) return;
    const number = Math.min(Math.floor(epoch) + 1, settings.epochs);
    this.#say(`Epoch ${number} of ${settings.epochs}, ${heldOutOf(settings)}.`);
  }

  #summary(outcome: 'done' | 'stopped'): string {
    const { epoch, settings } = this.#store.state.run;
    if (!settings) return '';
    if (outcome === 'done') return `Trained for ${plural(settings.epochs, 'epoch')}, ${heldOutOf(settings)}.`;
    return epoch > 0 ? `Stopped in epoch ${Math.floor(epoch) + 1}. The network stays as it is.` : 'Stopped.';
  }
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** What a run is validated on, in words. */
function heldOutOf(settings: Settings): string {
  return settings.data === 'mnist'
    ? 'validated on the 10,000 digits of MNIST’s test files'
    : 'validated on generated digits it has not seen';
}

interface Point {
  epoch: number;
  loss: number;
  accuracy: number;
  valLoss?: number;
  valAccuracy?: number;
}

function withPoint(curve: Curve, point: Point): Curve {
  const { epoch, loss, accuracy, valLoss = null, valAccuracy = null } = point;
  // The mean of a whole epoch is no point of the live training series, unless the epoch was too short for one.
  const live = valLoss === null || curve.epoch.at(-1) === undefined || epoch - curve.epoch.at(-1)! >= 1;
  const next: Curve = {
    epoch: [...curve.epoch, epoch],
    loss: [...curve.loss, live ? loss : null],
    accuracy: [...curve.accuracy, live ? accuracy : null],
    valLoss: [...curve.valLoss, valLoss],
    valAccuracy: [...curve.valAccuracy, valAccuracy],
  };
  return next.epoch.length <= POINTS_AT_MOST ? next : thinned(next);
}

/** Every second point that is of the training series alone goes. */
function thinned(curve: Curve): Curve {
  const stays = (_: unknown, i: number): boolean => i % 2 === 0 || curve.valLoss[i] !== null;
  return {
    epoch: curve.epoch.filter(stays),
    loss: curve.loss.filter(stays),
    accuracy: curve.accuracy.filter(stays),
    valLoss: curve.valLoss.filter(stays),
    valAccuracy: curve.valAccuracy.filter(stays),
  };
}
