/** The training worker: digits, the network in training, and its answers, off the page's thread. */
import { expose } from 'comlink';
import { dense, init, readIdx, sequential } from 'mlp-wasm';
import type { DigitSet, Logs, Sequential } from 'mlp-wasm';
import { bytesOf, loadDigits } from './digit-sets.js';
import type { DigitSplit } from './digit-sets.js';
import { readDrawing, tilesOf } from './look-inside.js';
import { judge } from './judge.js';
import { Meter } from './meter.js';
import type { Settings } from './settings.js';
import type { FileContent, Reading, TrainingApi, TrainingEvent } from './training-messages.js';

/** Time between two progress reports, and between two pictures of the kernels. */
const REPORT_MS = 66;
const TILES_MS = 200;
/** Time between two looks at what the network still gets wrong. */
const JUDGE_MS = 700;

type Report = (event: TrainingEvent) => unknown;

/** A run's two switches. */
class Run {
  readonly #stop = new AbortController();
  #resume: (() => void) | undefined;
  #gate: Promise<void> | undefined;

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  pause(): void {
    if (this.signal.aborted) return;
    this.#gate ??= new Promise((resolve) => (this.#resume = resolve));
  }

  resume(): void {
    this.#resume?.();
    this.#gate = this.#resume = undefined;
  }

  stop(): void {
    this.#stop.abort();
    this.resume();
  }

  /** Resolves once the run is not paused; says whether it had to wait. */
  async whileResumed(): Promise<boolean> {
    if (!this.#gate) return false;
    while (this.#gate) await this.#gate;
    return true;
  }
}

let model: Sequential | undefined;
let pixels: Uint8Array | undefined;
let run: Run | undefined;
let finished: Promise<unknown> = Promise.resolve();

function build(settings: Settings): Sequential {
  const sizes = [...settings.hidden, 10];
  const made = sequential({
    seed: settings.seed,
    layers: sizes.map((units, i) => {
      const activation = i === sizes.length - 1 ? 'softmax' : settings.activation;
      return dense(i === 0 ? { units, activation, inputShape: [784] } : { units, activation });
    }),
  });
  made.compile({
    optimizer: { name: settings.optimizer, learningRate: settings.learningRate },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return made;
}

function read(): Reading | undefined {
  return model && pixels && readDrawing(model, pixels);
}

async function fit(
  network: Sequential,
  settings: Settings,
  { training, heldOut }: DigitSplit,
  current: Run,
  report: Report,
): Promise<void> {
  const meter = new Meter();
  let reported = -Infinity;
  let pictured = -Infinity;
  let judged = -Infinity;

  const checkLoss = ({ loss }: Logs): void => {
    if (Number.isFinite(loss)) return;
    throw new RangeError('The loss is no longer a number: the steps are too large. Try a smaller learning rate.');
  };
  const progress = (epoch: number, samples: number, logs: Logs): void => {
    checkLoss(logs);
    const now = performance.now();
    // Yields between two parts of the validation bring nothing new.
    if (now - reported < REPORT_MS || !meter.isNews(epoch, samples)) return;
    reported = now;
    const withTiles = now - pictured >= TILES_MS;
    if (withTiles) pictured = now;
    const reading = read();
    report({
      kind: 'progress',
      epoch: epoch + samples / training.count,
      ...meter.since(epoch, samples, logs, now),
      ...(reading && { reading }),
      ...(withTiles && { tiles: tilesOf(network) }),
    });
  };
  const lookAtMistakes = (set: DigitSet): void => {
    report({ kind: 'mistakes', mistakes: judge(network, set) });
  };

  meter.start(performance.now());
  await network.fit(training.x, training.y, {
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    validationData: [heldOut.x, heldOut.y],
    signal: current.signal,
    callbacks: {
      async onYield(epoch, batch, logs) {
        progress(epoch, Math.min(batch * settings.batchSize, training.count), logs);
        if (await current.whileResumed()) meter.start(performance.now());
      },
      async onEpochEnd(epoch, logs) {
        checkLoss(logs);
        const [accuracy, valLoss, valAccuracy] = [logs['accuracy']!, logs['valLoss']!, logs['valAccuracy']!];
        report({ kind: 'epoch', epoch: epoch + 1, loss: logs.loss, accuracy, valLoss, valAccuracy });
        if (performance.now() - judged > JUDGE_MS) {
          lookAtMistakes(heldOut);
          judged = performance.now();
        }
        // Epochs of tiny runs end between two yields.
        await current.whileResumed();
        meter.start(performance.now());
      },
    },
  });
  // The last word, after the last step. It is waited for, since reports and the answer to train() come by two
  // channels, and which is the faster nobody promises.
  const reading = read();
  await report({
    kind: 'settled',
    tiles: tilesOf(network),
    ...(reading && { reading }),
    mistakes: judge(network, heldOut),
  });
}

const api: TrainingApi = {
  async train(settings, source, report) {
    run?.stop();
    await finished.catch(() => undefined);
    const current = (run = new Run());
    const work = async (): Promise<'done' | 'stopped'> => {
      await init();
      const digits = await loadDigits(source, async (doing, fraction) => {
        report({ kind: 'preparing', doing, fraction });
        await new Promise((resolve) => setTimeout(resolve));
        await current.whileResumed();
        return !current.signal.aborted;
      });
      if (!digits) return 'stopped';
      model?.dispose();
      model = undefined;
      model = build(settings);
      await fit(model, settings, digits, current, report);
      return current.signal.aborted ? 'stopped' : 'done';
    };
    const outcome = work();
    finished = outcome;
    return outcome;
  },

  pause: () => run?.pause(),
  resume: () => run?.resume(),
  stop: () => run?.stop(),

  async reset() {
    run?.stop();
    await finished.catch(() => undefined);
    model?.dispose();
    model = undefined;
  },

  look(drawing) {
    pixels = drawing;
    return read();
  },

  async inspect(file): Promise<FileContent> {
    await init();
    const { shape } = await readIdx(await bytesOf(file));
    return { holds: shape.length === 1 ? 'labels' : 'images', count: shape[0]! };
  },
};

expose(api);
