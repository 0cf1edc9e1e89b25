/**
 * Every public call that allocates, with little memory left and with requests of any size. In the bundle of
 * tests/js/support/internals.ts, because functions cross to threads as text.
 */
import {
  augment,
  batchNormalization,
  dense,
  loadCheckpoint,
  loadModel,
  normalization,
  sequential,
  type CompileOptions,
  type Sequential,
} from 'mlp-wasm';
import { callWithGaps, type Gaps, type Outcomes } from '../../js/support/nearly-full.js';

const [ROWS, FEATURES, UNITS] = [1500, 50, 10];

interface Given {
  model: Sequential;
  x: Float32Array;
  y: Uint8Array;
  /** The same samples as bytes, and as sparse rows. */
  bytes: { data: Uint8Array; scale: number };
  sparse: { shape: [number, number]; indptr: Int32Array; indices: Int32Array; values: Float32Array };
  weights: ReturnType<Sequential['getWeights']>;
  file: Uint8Array;
  checkpoint: Uint8Array;
}

/** Layers with numbers enough to be seen beside 100 kB. */
const layers = () => [
  normalization({ inputShape: [FEATURES] }),
  dense({ units: 300, activation: 'relu' }),
  batchNormalization(),
  dense({ units: 200, activation: 'tanh', kernelInitializer: 'orthogonal' }),
  dense({ units: UNITS, activation: 'softmax' }),
];

const COMPILE: CompileOptions = {
  optimizer: 'adam',
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy', 'auc'],
};

/** A call, and whether it may change the model that it is given. */
type Call = (given: Given) => unknown;

const AUGMENTATION = { height: 5, width: 10, shift: 1, elastic: {} };
const BATCHES = { batchSize: 1000 };

export const ALLOCATING: Readonly<Record<string, Call>> = {
  sequential: () => sequential({ seed: 1, layers: layers() }).dispose(),
  compile: ({ model }) => model.compile(COMPILE),
  'compile with lbfgs': () => {
    const model = sequential({ seed: 1, layers: layers() });
    try {
      model.compile({ optimizer: 'lbfgs', loss: 'sparseCategoricalCrossentropy' });
    } finally {
      model.dispose();
    }
  },
  fit: ({ model, x, y }) => model.fit(x, y, { ...BATCHES, validationSplit: 0.2 }),
  'fit with bytes': ({ model, bytes, y }) => model.fit(bytes, y, { ...BATCHES, validationData: [bytes, y] }),
  'fit with sparse rows': ({ model, sparse, y }) => model.fit(sparse, y, { ...BATCHES, validationData: [sparse, y] }),
  'fit with augmentation': ({ model, x, y }) => model.fit(x, y, { ...BATCHES, augmentation: AUGMENTATION }),
  'fit with weights': ({ model, x, y }) =>
    model.fit(x, y, { ...BATCHES, sampleWeight: new Float32Array(ROWS).fill(1), classWeight: { 0: 2 } }),
  'fit with lbfgs': async ({ x, y }) => {
    const model = sequential({ seed: 1, layers: layers() });
    try {
      model.compile({ optimizer: 'lbfgs', loss: 'sparseCategoricalCrossentropy' });
      await model.fit(x, y);
    } finally {
      model.dispose();
    }
  },
  steps: async ({ model, x, y }) => {
    for await (const { batch } of model.steps(x, y, BATCHES)) if (batch > 0) break;
  },
  fitDataset: ({ model, x, y }) => model.fitDataset([{ x, y }], { validationData: [x, y] }),
  evaluate: ({ model, x, y }) => model.evaluate(x, y, BATCHES),
  predict: ({ model, x }) => model.predict(x, BATCHES),
  'predict bytes': ({ model, bytes }) => model.predict(bytes, BATCHES),
  'predict sparse rows': ({ model, sparse }) => model.predict(sparse, BATCHES),
  'predict one row': ({ model, x }) => model.predict(x.subarray(0, FEATURES)),
  adapt: ({ model, x }) => model.adapt(x),
  getWeights: ({ model }) => model.getWeights(),
  setWeights: ({ model, weights }) => model.setWeights(weights),
  save: ({ model }) => model.save(),
  checkpoint: ({ model }) => model.checkpoint(),
  loadModel: async ({ file }) => (await loadModel(file)).dispose(),
  loadCheckpoint: async ({ checkpoint }) => (await loadCheckpoint(checkpoint)).dispose(),
  summary: ({ model }) => model.summary(() => undefined),
  learningRate: ({ model }) => (model.learningRate = 0.01),
  checkFinite: ({ model }) => model.checkFinite(0, 1),
  gradients: ({ model, x, y }) => model.gradients(x, y),
  forwardTrace: ({ model, x }) => model.forwardTrace(x),
  backpropTrace: ({ model, x, y }) => model.backpropTrace(x, y),
  gradientCheck: ({ model, x, y }) => model.gradientCheck(x, y, { samples: 1 }),
  gradientNorms: ({ model, x, y }) => model.gradientNorms(x, y),
  sharpness: ({ model, x, y }) => model.sharpness(x, y, { maxIterations: 1 }),
  lossSurface: ({ model, x, y }) => model.lossSurface(x, y, { steps: 2, directions: 1 }),
  findLearningRate: ({ model, x, y }) => model.findLearningRate(x, y, { steps: 2, ...BATCHES }),
  layerStatistics: ({ model, x, y }) => model.layerStatistics(x, y),
  explain: ({ model, x }) => model.explain(x.subarray(0, 100 * FEATURES), { steps: 20 }),
  augment: ({ x }) => augment(x, AUGMENTATION),
};

/** Those that take nothing of the module's memory worth a refusal: they only have to be done. */
export const TAKING_LITTLE = [
  'getWeights',
  'save',
  'checkpoint',
  'summary',
  'learningRate',
  'checkFinite',
  'predict one row',
  'setWeights',
];

/** True if both are the same to the bit. Not as text, because it is asked after every call. */
function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

/** A model that nobody calls: it must be as it was after whatever others do. */
function bystander(): { isIntact: () => boolean } {
  const model = sequential({ seed: 7, layers: layers() });
  model.compile(COMPILE);
  const before = model.checkpoint();
  return { isIntact: () => same(model.checkpoint(), before) };
}

async function prepare(): Promise<Given> {
  const model = sequential({ seed: 1, layers: layers() });
  const x = Float32Array.from({ length: ROWS * FEATURES }, (_, i) => Math.sin(i));
  const y = Uint8Array.from({ length: ROWS }, (_, i) => i % UNITS);
  model.adapt(x);
  model.compile(COMPILE);
  // It has been trained, because a first training that is refused at its first batch leaves its place, to go on from there.
  await model.fitDataset([{ x, y }]);
  return {
    model,
    x,
    y,
    bytes: { data: Uint8Array.from(x, (value) => 200 * Math.abs(value)), scale: 1 / 255 },
    sparse: {
      shape: [ROWS, FEATURES],
      indptr: Int32Array.from({ length: ROWS + 1 }, (_, row) => 10 * row),
      indices: Int32Array.from({ length: 10 * ROWS }, (_, i) => 5 * (i % 10)),
      values: x.slice(0, 10 * ROWS),
    },
    weights: model.getWeights(),
    file: await model.save(),
    checkpoint: model.checkpoint(),
  };
}

/** One call, again and again, with ever more of the 4 GB left. After each refusal its own model is as it was, too. */
export async function nearTheEnd(name: string, gaps: Gaps): Promise<Outcomes> {
  const given = await prepare();
  const other = bystander();
  let before = given.model.checkpoint();
  let wasRefused = false;
  const once = async () => {
    wasRefused = true;
    await ALLOCATING[name]!(given);
    wasRefused = false;
  };
  return callWithGaps(gaps, once, () => {
    const after = given.model.checkpoint();
    const isIntact = other.isIntact() && (!wasRefused || same(after, before));
    before = after;
    return isIntact;
  }).finally(() => given.model.dispose());
}

/** Calls whose need grows with a number, and is about that many bytes. */
export const SIZED: Readonly<Record<string, (bytes: number, wide: Sequential) => unknown>> = {
  sequential: (bytes) => sequential({ layers: [dense({ units: whole(bytes / 8), inputShape: [1] })] }).dispose(),
  'sequential, square': (bytes) => {
    const units = whole(Math.sqrt(bytes / 8));
    sequential({ layers: [dense({ units, inputShape: [units], kernelInitializer: 'zeros' })] }).dispose();
  },
  predict: (bytes, wide) => wide.predict(rows(bytes), { batchSize: whole(bytes / WIDTH / 4) }),
  evaluate: (bytes, wide) => wide.evaluate(rows(bytes), rows(bytes), { batchSize: whole(bytes / WIDTH / 4) }),
  fit: (bytes, wide) => wide.fit(rows(bytes), rows(bytes), { batchSize: whole(bytes / WIDTH / 4) }),
  gradients: (bytes, wide) => wide.gradients(rows(bytes), rows(bytes)),
  gradientNorms: (bytes, wide) => wide.gradientNorms(rows(bytes), rows(bytes)),
  sharpness: (bytes, wide) => wide.sharpness(rows(bytes), rows(bytes), { maxIterations: 1 }),
};

/** Units of the layer that makes few samples need much. */
const WIDTH = 2 ** 14;

const whole = (value: number) => Math.min(2 ** 31 - 1, Math.max(1, Math.floor(value)));

/** Samples of one feature, so many that the wide layer's outputs take `bytes`. */
const rows = (bytes: number) => new Float32Array(whole(bytes / WIDTH / 4));

/** One call with requests of these sizes, from small to beyond all there is, beside models that are alive. */
export async function ofEverySize(name: string, exponents: readonly number[]): Promise<Outcomes> {
  const wide = sequential({ seed: 3, layers: [dense({ units: WIDTH, inputShape: [1] }), dense({ units: 1 })] });
  wide.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const other = bystander();
  const outcomes: Outcomes = { refused: 0, done: 0, wrong: [] };
  for (const exponent of exponents) {
    const before = wide.checkpoint();
    try {
      await SIZED[name]!(2 ** exponent, wide);
      ++outcomes.done;
    } catch (error) {
      if (error instanceof RangeError && error.message.startsWith('out of memory')) ++outcomes.refused;
      else outcomes.wrong.push(`2^${exponent} bytes: ${(error as Error).message}`);
      if (!same(wide.checkpoint(), before)) outcomes.wrong.push(`2^${exponent} bytes: the model is not as it was`);
    }
    if (!other.isIntact()) outcomes.wrong.push(`2^${exponent} bytes: another model is not as it was`);
  }
  wide.dispose();
  return outcomes;
}
