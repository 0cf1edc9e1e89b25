// Trainings drawn from a seed, over all that a training can be asked for. A training is known by its seed alone, so that
// another process, a worker or a page can go on with it. Nothing here is Node's: it runs in a page, too.
import { Random } from './random.mjs';

const OPTIMIZERS = ['sgd', 'rmsprop', 'adam', 'adamw', 'adagrad', 'adadelta', 'adamax', 'nadam', 'lion', 'lbfgs'];

const HIDDEN = [
  'softsign',
  'hardSigmoid',
  'linear',
  'sigmoid',
  'tanh',
  'relu',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'geluTanh',
  'silu',
  'softplus',
];

const YES_OR_NO = ['accuracy', 'binaryAccuracy', 'precision', 'recall', 'f1Score', 'auc'];

const CLASSES = [
  'accuracy',
  'precision',
  'recall',
  'auc',
  'logLoss',
  { name: 'f1Score', average: 'weighted' },
  { name: 'topKAccuracy', k: 2 },
];

/** Tasks for a network: losses that take the same targets, and what goes with these. */
const TASKS = [
  {
    losses: ['meanSquaredError', 'sumOfSquares', 'meanAbsoluteError', { name: 'huber', delta: 0.5 }, 'logCosh'],
    outputs: ['linear'],
    target: (random) => random.between(-1, 1),
    metrics: ['meanSquaredError', 'meanAbsoluteError', 'rootMeanSquaredError', 'r2Score', 'cosineSimilarity'],
  },
  {
    losses: ['cosineSimilarity', 'meanAbsolutePercentageError'],
    outputs: ['linear', 'tanh'],
    target: (random) => random.between(0.5, 1),
    metrics: ['cosineSimilarity', 'meanAbsolutePercentageError', 'r2Score'],
  },
  {
    losses: ['poisson', 'meanSquaredLogarithmicError'],
    outputs: ['softplus'],
    target: (random) => random.between(0, 2),
    metrics: ['meanSquaredLogarithmicError', 'meanAbsoluteError'],
  },
  {
    losses: ['hinge', 'squaredHinge'],
    outputs: ['tanh', 'linear'],
    target: (random) => random.pick([-1, 1]),
    metrics: YES_OR_NO,
    classes: 2,
  },
  {
    losses: ['binaryCrossentropy', { name: 'binaryCrossentropy', labelSmoothing: 0.1, reduction: 'sum' }],
    outputs: ['sigmoid'],
    target: (random) => random.below(2),
    metrics: [...YES_OR_NO, 'logLoss'],
    classes: 2,
  },
  {
    losses: ['sparseCategoricalCrossentropy', { name: 'sparseCategoricalCrossentropy', labelSmoothing: 0.2 }],
    outputs: ['softmax', 'logSoftmax'],
    isIndex: true,
    metrics: [...CLASSES, 'sparseCategoricalAccuracy'],
  },
  {
    losses: [{ name: 'sparseCategoricalCrossentropy', fromLogits: true }],
    outputs: ['linear'],
    isIndex: true,
    metrics: CLASSES,
  },
  {
    losses: ['categoricalCrossentropy'],
    outputs: ['softmax', 'sigmoid'],
    isOneHot: true,
    metrics: [...CLASSES, 'categoricalAccuracy'],
  },
  { losses: ['kullbackLeiblerDivergence'], outputs: ['softmax'], isOneHot: true, metrics: ['accuracy'] },
];

/** A turn of the event loop. */
export const turn = () => new Promise((resolve) => setTimeout(resolve));

/** FNV-1a over bytes. */
function hashOf(bytes) {
  let state = 0x811c9dc5;
  for (const byte of bytes) state = Math.imul(state ^ byte, 0x01000193);
  return (state >>> 0).toString(16);
}

/** A number as text that no other number has. */
const exact = (value) => (Object.is(value, -0) ? '-0' : String(value));

const exactly = (logs) =>
  Object.entries(logs)
    .map(([name, value]) => `${name} ${exact(value)}`)
    .join(' ');

/**
 * @param seed a whole number from 0
 * @param options.byMessage whether the model is in a worker: without what cannot cross, a learning rate that is a
 *   function, and with `fit` alone unless `fitDataset`
 */
export function drawTraining(seed, { byMessage = false } = {}) {
  const random = new Random(seed, 1);
  const optimizerName = random.pick(OPTIMIZERS);
  const isFull = optimizerName === 'lbfgs';
  const [height, width] = random.pick([
    [1, 5],
    [2, 3],
    [3, 4],
  ]);
  const features = height * width;
  const task = random.pick(TASKS);
  const units = task.isIndex || task.isOneHot ? random.from(2, 4) : random.from(1, 3);
  const classes = task.isIndex || task.isOneHot ? units : units === 1 ? task.classes : undefined;
  const rows = random.from(6, 40);
  const ways = isFull ? ['fit', 'fit', 'steps'] : ['fit', 'fit', 'steps', 'fitDataset'];
  const way = random.pick(byMessage ? ways.filter((name) => name !== 'steps') : ways);

  const data = drawData(random, rows, features, task, units);
  const validationRows = random.from(2, 9);
  const validation = drawData(random, validationRows, features, task, units);
  const weights = (count) => Float32Array.from({ length: count }, () => random.between(0, 2));

  const options = { epochs: random.from(2, 5), yieldEvery: random.pick([0, 0, 1, 10, 'epoch', 'never']) };
  if (random.chance(0.5)) options.stepsPerEpoch = random.from(1, 9);
  let validates = random.chance(0.4);
  if (validates) {
    options.validationData = [inputs(random, validation), validation.y];
    if (random.chance(0.3)) options.validationData.push(weights(validationRows));
  }
  if (way !== 'fitDataset') {
    if (!isFull) options.batchSize = random.from(2, 12);
    if (random.chance(0.3)) options.shuffle = false;
    if (random.chance(0.3)) options.sampleWeight = weights(rows);
    if (!validates && random.chance(0.3)) {
      options.validationSplit = 0.3;
      validates = true;
    }
  }
  const isAlwaysValidated = validates && random.chance(0.6);
  if (validates && !isAlwaysValidated) options.validationFreq = random.pick([2, [1, 3], [2, 3, 5]]);
  if (classes && task.losses[0] !== 'kullbackLeiblerDivergence' && random.chance(0.4))
    options.classWeight = Array.from({ length: classes }, () => random.between(0.2, 2));
  if (!isFull && random.chance(0.4)) {
    const all = {
      shift: 1,
      rotation: 20,
      scale: [0.8, 1.2],
      shear: 10,
      elastic: { alpha: 2, sigma: 1 },
      noise: 0.1,
      erasing: { probability: 0.5 },
      fill: 0.25,
    };
    const names = random.some(Object.keys(all), 0.5);
    options.augmentation = { height, width, ...Object.fromEntries(names.map((name) => [name, all[name]])) };
  }
  if (way === 'steps' && random.chance(0.4)) options.every = random.from(2, 5);
  const x = inputs(random, data);

  // The batches of a dataset, of whatever sizes and forms.
  const cuts = [];
  for (let begin = 0; begin < rows; begin += cuts.at(-1).rows) cuts.push({ begin, rows: random.from(1, 9) });
  const batches = cuts.map(({ begin, rows: count }) => {
    const end = Math.min(begin + count, rows);
    const part = slice(data, begin, end, features, task, units);
    const batch = { x: inputs(random, part), y: part.y };
    const kind = random.below(3);
    if (kind === 0) return batch;
    if (kind === 1) return [batch.x, batch.y];
    return { ...batch, sampleWeight: weights(end - begin) };
  });
  const datasetKind = random.below(4);

  const layerSeed = random.below(2 ** 31);
  const isNormalized = random.chance(0.2);
  const layersOf = (mlp) => drawLayers(new Random(layerSeed, 2), mlp, { isFull, features, task, units, isNormalized });
  const modelSeed = random.below(2 ** 31);
  const rate = drawRate(random, isFull, byMessage);
  const compile = {
    optimizer: drawOptimizer(random, optimizerName),
    loss: random.pick(task.losses),
    metrics: random.some(task.metrics, 0.3),
  };
  const watching = drawCallbacks(random, { isAlwaysValidated, rateIsFunction: typeof rate === 'function' });

  return {
    seed,
    way,
    optimizerName,
    isFull,
    described: {
      way,
      optimizer: compile.optimizer,
      rate: typeof rate === 'function' ? 'function' : rate,
      loss: compile.loss,
      metrics: compile.metrics,
      rows,
      x: formOf(x),
      ...(way === 'fitDataset' && { datasetKind, batches: batches.length }),
      options: Object.keys(options).map((name) =>
        typeof options[name] === 'object' ? name : `${name} ${String(options[name])}`,
      ),
      callbacks: watching.names,
    },

    /** A compiled model, of the package here or of one in a worker. */
    async build(mlp) {
      const model = await mlp.sequential({ seed: modelSeed, layers: layersOf(mlp) });
      if (isNormalized) await model.adapt(data.dense);
      await model.compile({ ...compile, optimizer: { ...compile.optimizer, learningRate: rate } });
      return model;
    },

    /** A learning rate that is a function is not in a checkpoint: it has to be set again. */
    prepare(model) {
      if (typeof rate === 'function') model.learningRate = rate;
    },

    /** For `predict`. */
    x: data.dense,

    /**
     * Trains until it is over or stopped. What can be told of it is put into `log`.
     *
     * @param library the package here, whose callbacks watch
     * @param given.last callbacks that come behind all others
     * @param given.onFetch called before each batch of a dataset is handed over
     * @param given.onStep called after each step of `steps`; with true the loop is left
     */
    async run(library, model, { log, last, signal, onFetch = () => {}, onStep = () => false }) {
      const callbacks = [...watching.make(library, log), last];
      const all = { ...options, callbacks, resume: true, ...(signal && { signal }) };
      if (way === 'fit') return model.fit(x, data.y, all);
      if (way === 'fitDataset') return model.fitDataset(datasetOf(batches, seed, datasetKind, onFetch), all);
      const steps = model.steps(x, data.y, all);
      for (;;) {
        const { done, value } = await steps.next();
        if (done) return value;
        log.push(`step ${exactly(value)}`);
        if (onStep()) {
          await steps.return();
          return undefined;
        }
      }
    },
  };
}

function datasetOf(batches, seed, kind, onFetch) {
  // Datasets: one to be iterated over again and again; a function of the pass, which shuffles by it; sources that take their time.
  const listed = function* (list) {
    for (const batch of list) {
      onFetch();
      yield batch;
    }
  };
  if (kind === 0) return { [Symbol.iterator]: () => listed(batches) };
  const shuffled = (pass) => new Random(seed, 3, pass).shuffled(batches);
  if (kind === 1) return (pass) => listed(shuffled(pass));
  return async function* (pass) {
    if (kind === 3) await turn();
    for (const batch of shuffled(pass)) {
      if (kind === 3) await turn();
      onFetch();
      yield batch;
    }
  };
}

/** Samples of which about half the numbers are zero, as floats and as bytes of the same worth, and their targets. */
function drawData(random, rows, features, task, units) {
  const bytes = Uint8Array.from({ length: rows * features }, () => (random.chance(0.5) ? 0 : random.below(256)));
  const dense = Float32Array.from(bytes, (byte) => byte / 256);
  let y;
  if (task.isIndex) y = Uint8Array.from({ length: rows }, () => random.below(units));
  else if (task.isOneHot) {
    y = new Float32Array(rows * units);
    for (let row = 0; row < rows; ++row) y[row * units + random.below(units)] = 1;
  } else y = Float32Array.from({ length: rows * units }, () => task.target(random));
  return { rows, features, bytes, dense, y };
}

function slice({ bytes, dense, y }, begin, end, features, task, units) {
  const targets = task.isIndex ? 1 : units;
  return {
    rows: end - begin,
    features,
    bytes: bytes.slice(begin * features, end * features),
    dense: dense.slice(begin * features, end * features),
    y: y.slice(begin * targets, end * targets),
  };
}

/** The samples in one of the forms that the package takes. */
function inputs(random, { rows, features, bytes, dense }) {
  switch (random.below(4)) {
    case 0:
      return { data: bytes, scale: 1 / 256 };
    case 1: {
      const sparse = { shape: [rows, features], indptr: [0], indices: [], values: [] };
      dense.forEach((value, i) => {
        if (value !== 0) {
          sparse.indices.push(i % features);
          sparse.values.push(value);
        }
        if (i % features === features - 1) sparse.indptr.push(sparse.values.length);
      });
      return sparse;
    }
    case 2:
      return Array.from({ length: rows }, (_, row) => [...dense.subarray(row * features, (row + 1) * features)]);
    default:
      return dense;
  }
}

const formOf = (x) => (Array.isArray(x) ? 'rows' : x.indptr ? 'sparse' : x.scale ? 'bytes' : 'floats');

function drawLayers(random, mlp, { isFull, features, task, units, isNormalized }) {
  const layers = [];
  if (isNormalized) layers.push(mlp.normalization({ inputShape: [features] }));
  for (let i = random.from(1, 2); i > 0; --i) {
    const options = { units: random.from(2, 7), activation: random.pick(HIDDEN) };
    if (layers.length === 0) options.inputShape = [features];
    if (random.chance(0.2))
      options.kernelRegularizer = random.pick(['l1', 'l2', { name: 'l1l2', l1: 0.001, l2: 0.01 }]);
    if (random.chance(0.1)) options.activityRegularizer = { name: 'l2', l2: 0.01 };
    if (!isFull && random.chance(0.2)) options.kernelConstraint = random.pick(['maxNorm', 'nonNeg', 'unitNorm']);
    if (random.chance(0.2)) options.useBias = false;
    if (random.chance(0.15)) options.trainable = false;
    layers.push(mlp.dense(options));
    const between = [
      () => mlp.batchNormalization({ momentum: 0.9 }),
      () => mlp.layerNormalization(),
      () => mlp.activation({ activation: 'tanh' }),
      () => mlp.batchNormalization({ trainable: false }),
      ...(isFull
        ? []
        : [
            () => mlp.dropout({ rate: 0.3 }),
            () => mlp.dropout({ rate: 0.5 }),
            () => mlp.alphaDropout({ rate: 0.2 }),
            () => mlp.gaussianNoise({ stddev: 0.1 }),
          ]),
    ];
    for (const make of random.some(between, isFull ? 0.2 : 0.25)) layers.push(make());
  }
  layers.push(mlp.dense({ units, activation: random.pick(task.outputs) }));
  return layers;
}

/** A number, a schedule of any kind, or a function of the step. */
function drawRate(random, isFull, byMessage) {
  const base = isFull ? random.between(0.3, 1) : random.between(0.001, 0.02);
  const initialLearningRate = base;
  const schedules = [
    { name: 'constant', learningRate: base },
    { name: 'step', initialLearningRate, stepSize: 4, gamma: 0.7 },
    { name: 'piecewise', boundaries: [3, 9], values: [base, base / 2, base / 3] },
    { name: 'exponentialDecay', initialLearningRate, decaySteps: 10, decayRate: 0.8 },
    { name: 'inverseTimeDecay', initialLearningRate, decaySteps: 10, decayRate: 0.5 },
    { name: 'polynomialDecay', initialLearningRate, decaySteps: 15, endLearningRate: base / 10, cycle: true },
    { name: 'cosineDecay', initialLearningRate, decaySteps: 25, alpha: 0.1 },
    { name: 'cosineDecayRestarts', initialLearningRate, firstDecaySteps: 6, alpha: 0.1 },
    { name: 'oneCycle', maxLearningRate: base, totalSteps: 30 },
  ];
  const kind = random.below(byMessage ? 3 : 4);
  if (kind === 0) return base;
  const schedule = random.pick(schedules);
  if (kind === 1) return schedule;
  if (kind === 2) return { name: 'warmup', schedule, steps: 5, from: base / 10 };
  return (step) => base / (1 + (step % 7));
}

function drawOptimizer(random, name) {
  const flag = (option) => random.chance(0.4) && { [option]: true };
  const own = {
    sgd: () => random.chance(0.6) && { momentum: 0.9, ...flag('nesterov') },
    rmsprop: () => ({ ...(random.chance(0.5) && { momentum: 0.5 }), ...flag('centered') }),
    adam: () => flag('amsgrad'),
    adamw: () => flag('amsgrad'),
    adagrad: () => random.chance(0.5) && { initialAccumulatorValue: 0 },
    lbfgs: () => random.chance(0.5) && { historySize: 3, maxEvaluations: 5 },
  };
  const optimizer = { name, ...own[name]?.() };
  if (name === 'lbfgs') return optimizer;
  if (random.chance(0.3)) optimizer.weightDecay = 0.01;
  if (random.chance(0.4)) Object.assign(optimizer, { useEma: true, emaMomentum: random.pick([0.5, 0.9]) });
  if (random.chance(0.4)) optimizer[random.pick(['clipNorm', 'clipValue', 'globalClipNorm'])] = 0.1;
  return optimizer;
}

/** Counts, remembers and sets rates: what a program may do in a callback. */
class Meddler {
  name = 'meddler';
  #known = { batches: 0, losses: Float32Array.of(0, 0, 0) };
  #model;

  constructor(setsRate, isSlow) {
    this.setsRate = setsRate;
    this.isSlow = isSlow;
  }

  setModel(model) {
    this.#model = model;
  }

  async onBatchEnd(_batch, { loss }) {
    if (this.isSlow) await turn();
    const known = this.#known;
    known.losses[known.batches++ % 3] = loss;
    if (this.setsRate && known.batches % 3 === 0) {
      const rate = this.#model.learningRate * 0.9;
      this.#model.learningRate = rate > 0 ? rate : 1e-4;
    }
  }

  getState() {
    return this.#known;
  }

  setState(state) {
    this.#known = state;
  }
}

/** Callbacks to watch a training with: made anew each time that it goes on. */
function drawCallbacks(random, { isAlwaysValidated, rateIsFunction }) {
  const figure = () => (isAlwaysValidated && random.chance(0.7) ? 'valLoss' : 'loss');
  const setsRate = !rateIsFunction && random.chance(0.5);
  const isSlow = random.chance(0.3);
  const early = {
    monitor: figure(),
    patience: random.from(0, 2),
    minDelta: random.pick([0, 0.01]),
    restoreBestWeights: random.chance(0.6),
  };
  const plateau = {
    monitor: figure(),
    patience: 1,
    factor: 0.5,
    minDelta: random.pick([0, 0.01]),
    cooldown: random.below(2),
  };
  const isRelative = random.chance(0.5);
  const files = { monitor: figure(), saveBestOnly: random.chance(0.5) };
  const makers = {
    terminateOnNaN: ({ terminateOnNaN }) => terminateOnNaN(),
    learningRateScheduler: ({ learningRateScheduler }) =>
      learningRateScheduler((epoch, rate) => (isRelative ? rate * 0.8 : 0.01 / (1 + epoch))),
    meddler: () => new Meddler(setsRate, isSlow),
    reduceLROnPlateau: ({ reduceLROnPlateau }) => reduceLROnPlateau(plateau),
    earlyStopping: ({ earlyStopping }) => earlyStopping(early),
    csvLogger: ({ csvLogger }, log) => csvLogger((line) => void (line.startsWith('epoch') || log.push(`csv ${line}`))),
    modelCheckpoint: ({ modelCheckpoint }, log) =>
      modelCheckpoint({ ...files, save: (bytes, { epoch }) => void log.push(`file ${epoch} ${hashOf(bytes)}`) }),
  };
  const ofRates = ['learningRateScheduler', 'reduceLROnPlateau'];
  const names = random.some(Object.keys(makers), 0.3).filter((name) => !rateIsFunction || !ofRates.includes(name));
  return { names, make: (library, log) => names.map((name) => makers[name](library, log)) };
}

/** Thrown where a training is stopped by an error. */
export class Interruption extends Error {
  name = 'Interruption';
}

/** Moments of a training at which it may be stopped, as callbacks see them. */
const MOMENTS = ['onTrainBegin', 'onEpochBegin', 'onBatchBegin', 'onBatchEnd', 'onYield', 'onEpochEnd', 'onTrainEnd'];

/** Moments before something happens: what goes on from a checkpoint made there comes there again. */
const isBegin = (moment) => /Begin$/.test(moment);

/** Ways to stop at one of them. */
const AT_MOMENTS = ['die', 'throw', 'abort', 'stop'];

/**
 * How a training is stopped:
 *
 * * `die`: a checkpoint is made at a moment; nothing that happens thereafter counts
 * * `throw`: a callback throws; the checkpoint is made when `fit` has rejected
 * * `abort`, `stop`: by a signal or by `stopTraining` in a callback; the checkpoint is made when `fit` has resolved
 * * `turns`: by a signal after so many turns of the event loop, wherever the training is then
 * * `leave`: the loop over `steps` is left after so many steps
 * * `source`: the dataset throws before so many batches
 */
export function drawStop(random, { way }, moments) {
  const hows = ['die', 'die', 'throw', 'abort', 'stop', 'turns'];
  if (way === 'steps') hows.push('leave', 'leave');
  if (way === 'fitDataset') hows.push('source', 'source');
  const how = random.pick(hows);
  // Every step and batch has some moments; turns of the event loop may be many or few.
  if (how === 'leave' || how === 'source') return { how, at: random.below(Math.ceil(moments / 3)) };
  if (how === 'turns') return { how, at: random.below(2 ** random.from(0, 6)) };
  return { how, at: random.below(moments) };
}

/**
 * A training from where it is, until it is over or stopped.
 *
 * @param library the package here
 * @param given.model goes on with this model; otherwise `given.bytes` are loaded, or a new one is built
 * @param given.stop see {@link drawStop}; none: to the end
 * @returns its checkpoint, what can be told of it, and how many moments there were
 */
export async function leg(library, training, { model: given, bytes, stop } = {}) {
  const model = given ?? (bytes ? await library.loadCheckpoint(bytes) : await training.build(library));
  if (bytes) training.prepare(model);
  const log = [];
  const controller = new AbortController();
  let moments = 0;
  let fetched = 0;
  let steps = 0;
  let left; // the checkpoint from before it died
  let isStopped = false;
  let isOver = false;
  const last = { runsLast: true };
  for (const moment of MOMENTS) {
    last[moment] = (...args) => {
      if (left) return;
      const isHere = stop && moments === stop.at && AT_MOMENTS.includes(stop.how);
      ++moments;
      const logs = args.at(-1);
      const note = () => {
        if (moment === 'onBatchEnd' || moment === 'onEpochEnd') log.push(`${moment} ${args[0]} ${exactly(logs)}`);
        if (moment === 'onEpochBegin') log.push(`${moment} ${args[0]}`);
        // An iteration that was stopped within has not happened: its batch begins once more.
        if (moment === 'onBatchBegin' && !training.isFull) log.push(`${moment} ${args[0]}`);
      };
      const ends = isHere && ['die', 'throw'].includes(stop.how);
      if (!(ends && isBegin(moment))) note();
      if (!isHere) return;
      isStopped = true;
      if (stop.how === 'abort') controller.abort();
      if (stop.how === 'stop') model.stopTraining = true;
      if (ends) {
        if (stop.how === 'die') left = { bytes: model.checkpoint(), log: [...log] };
        throw new Interruption(moment);
      }
    };
  }
  if (stop?.how === 'turns') {
    void (async () => {
      for (let i = stop.at; i > 0; --i) await turn();
      if (isOver) return;
      isStopped = true;
      controller.abort();
    })();
  }
  let history;
  try {
    history = await training.run(library, model, {
      log,
      last,
      signal: controller.signal,
      onFetch: () => {
        if (stop?.how === 'source' && fetched++ === stop.at) throw new Interruption('source');
      },
      onStep: () => stop?.how === 'leave' && steps++ === stop.at && (isStopped = true),
    });
  } catch (error) {
    if (!(error instanceof Interruption)) throw error;
    isStopped = true;
  }
  isOver = true;
  return {
    model,
    bytes: left?.bytes ?? (await model.checkpoint()),
    log: left?.log ?? log,
    history,
    moments,
    isStopped,
  };
}
