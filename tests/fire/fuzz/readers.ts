/**
 * The readers of files, each a row of the table: real files to begin with, what is done to them, and how one is read. A new
 * reader is one more row, and its name in the table of run.mjs.
 */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import { unzipSync, zipSync } from 'fflate';
import {
  batchNormalization,
  dense,
  dropout,
  earlyStopping,
  layerNormalization,
  loadCheckpoint,
  loadModel,
  readCsv,
  readIdx,
  readMnist,
  readSafetensors,
  sequential,
  writeSafetensors,
  type CsvOptions,
} from 'mlp-wasm/internals';
import * as mlp from 'mlp-wasm';
import { init } from 'mlp-wasm';
import {
  exportModel,
  loadAny,
  readNumpy,
  type FormatName,
  type LoadAnyOptions,
  type ModelSource,
} from 'mlp-wasm/files';
import { loadModel as loadPredictor } from 'mlp-wasm/predict';
import { BYTE_MUTATIONS, joined, type Bytes, type Mutation } from './bytes.js';
import type { Draws } from './draws.js';
import {
  CSV_MUTATIONS,
  IDX_MUTATIONS,
  KERAS_MUTATIONS,
  NUMPY_MUTATIONS,
  packed,
  SAFETENSORS_MUTATIONS,
  SKOPS_MUTATIONS,
  TFJS_MUTATIONS,
  unpacked,
} from './formats.js';
import { JSON_MUTATIONS } from './json.js';
import { PICKLE_MUTATIONS } from './pickles.js';
import { PROTOBUF_MUTATIONS } from './protobuf.js';
import { unpackedSize, ZIP_MUTATIONS } from './zips.js';

export interface Reader {
  /** Begins every error. */
  name: string;
  /** Whole files, small ones: what is slow to read is seldom tried. */
  files(): Promise<Bytes[]>;
  mutations: readonly Mutation[];
  /**
   * Reads a file, and looks whether what it gives makes sense.
   *
   * @param draws for options
   * @returns the bytes of what is given, if that may take more than the file does
   */
  read(file: Bytes, draws: Draws): unknown;
  /** Bytes of a file, unpacked. Default: its own. */
  unpacked?(file: Bytes): number | Promise<number>;
}

/** Bytes that come out of a gzip file before it ends or turns out to be broken. */
async function inflated(file: Bytes): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of Readable.from([Buffer.from(file)]).pipe(createGunzip()))
      bytes += (chunk as Buffer).length;
  } catch {
    // broken, from there on
  }
  return Math.max(file.length, bytes);
}

/** Throws what no reader throws. */
function makeSure(isRight: boolean, what: string): void {
  if (!isRight) throw new SyntaxError(`what was read makes no sense: ${what}`);
}

const X = Float32Array.from({ length: 24 }, (_, i) => Math.sin(1.7 * i));
const Y = Uint8Array.from({ length: 12 }, (_, i) => i % 2);

/** Models of all that a file can hold, trained for a while, as `write` writes them. */
async function written(write: (model: ReturnType<typeof sequential>) => Promise<Bytes> | Bytes): Promise<Bytes[]> {
  const plain = sequential({
    seed: 9,
    layers: [dense({ units: 3, activation: 'relu', inputShape: [2] }), dense({ units: 2, activation: 'softmax' })],
  });
  plain.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  const rich = sequential({
    seed: 2 ** 53 - 1,
    name: 'rich "é"',
    featureNames: ['ä', '"b"'],
    metadata: { by: 'Ada', at: { tags: [1, null, true] } },
    layers: [
      dense({
        units: 4,
        activation: { name: 'elu', alpha: 0.5 },
        inputShape: [2],
        kernelRegularizer: { name: 'l1l2', l1: 0.01, l2: 0.01 },
        kernelConstraint: 'maxNorm',
        kernelInitializer: { name: 'randomNormal', stddev: 0.1 },
      }),
      batchNormalization(),
      dropout({ rate: 0.2 }),
      layerNormalization(),
      dense({ units: 2, activation: 'softmax', trainable: false }),
    ],
  });
  rich.compile({
    optimizer: {
      name: 'adam',
      learningRate: { name: 'exponentialDecay', initialLearningRate: 0.1, decaySteps: 9, decayRate: 0.5 },
      useEma: true,
    } as never,
    loss: { name: 'sparseCategoricalCrossentropy' },
    metrics: ['accuracy', { name: 'topKAccuracy', k: 1 }, 'auc'],
  });
  const second = sequential({ seed: 1, layers: [dense({ units: 2, inputShape: [2], activation: 'sigmoid' })] });
  second.compile({ optimizer: { name: 'lbfgs', historySize: 2 }, loss: 'meanSquaredError', metrics: ['r2Score'] });
  const files: Bytes[] = [];
  for (const model of [plain, rich, second]) {
    const y = model === second ? Float32Array.from(X, (x) => x * x) : Y;
    files.push(await write(model));
    await model.fit(X, y, {
      epochs: 2,
      ...(model !== second && { batchSize: 5 }),
      validationData: [X, y],
      callbacks: [
        earlyStopping({ restoreBestWeights: true }),
        {
          async onBatchEnd(batch) {
            if (batch === 1 && files.length < 9) files.push(await write(model));
          },
        },
      ],
    });
    files.push(await write(model));
    model.dispose();
  }
  return files;
}

/** The file of an array: type code, dimensions, elements. */
function idx(code: number, shape: readonly number[], size: number): Bytes {
  const start = 4 + 4 * shape.length;
  const elements = size * shape.reduce((product, length) => product * length, 1);
  const file = Uint8Array.from({ length: start + elements }, (_, i) => (i < start ? 0 : (i * 37) % 251));
  const view = new DataView(file.buffer);
  view.setUint8(2, code);
  view.setUint8(3, shape.length);
  shape.forEach((length, d) => view.setUint32(4 + 4 * d, length));
  return file;
}

const images = idx(0x08, [4, 3, 3], 1);
const labels = idx(0x08, [4], 1);
const zipped = (file: Bytes): Bytes => new Uint8Array(gzipSync(file));

async function tryIdx(file: Bytes, draws: Draws): Promise<void> {
  // Few elements at most: what the header promises is otherwise allowed to be as large as the file can be unpacked to.
  const options = draws.below(4) ? {} : { maxElements: draws.of([1, 100, 2 ** 20, -1, 0.5, NaN]) };
  const { shape, data } = await readIdx(file, options);
  makeSure(data.length === shape.reduce((product, size) => product * size, 1), `${data.length} elements of [${shape}]`);
}

const utf8 = (text: string) => new TextEncoder().encode(text);

const CSV_OPTIONS: readonly CsvOptions[] = [
  ...Array<CsvOptions>(15).fill({}),
  { header: true },
  { header: false },
  { labelColumn: null },
  { labelColumn: 0 },
  { labelColumn: 'species' },
  { labelColumn: -1 },
  { delimiter: ';' },
  { delimiter: '5' },
  { delimiter: '""' },
  { decimal: ',' },
  { decimal: ',', delimiter: ',' },
  { labelColumn: 1e300, header: 5 as never },
];

export const READERS: readonly Reader[] = [
  {
    name: 'readSafetensors',
    files: async () => [
      writeSafetensors([]),
      writeSafetensors(
        [
          { name: '1', shape: [2, 3], data: Float32Array.of(1, -2, 0.5, 1e-40, -0, 3.4e38) },
          { name: '0', shape: [], data: Float32Array.of(7) },
          { name: 'é "quoted"', shape: [0, 4], data: new Float32Array(0) },
        ],
        { by: 'mlp', remark: '{"a":[1,2]}' },
      ),
      ...(await written((model) => model.save())),
    ],
    mutations: [...BYTE_MUTATIONS, ...SAFETENSORS_MUTATIONS, ...SAFETENSORS_MUTATIONS],
    read(file) {
      const { tensors, metadata } = readSafetensors(file);
      for (const { name, shape, data } of tensors) {
        const count = shape.reduce((product, size) => product * size, 1);
        makeSure(typeof name === 'string' && data.length === count, `${data.length} numbers of [${shape}]`);
      }
      makeSure(
        Object.values(metadata).every((text) => typeof text === 'string'),
        'metadata',
      );
    },
  },
  {
    name: 'loadModel',
    files: () => written((model) => model.save()),
    mutations: [...BYTE_MUTATIONS, ...SAFETENSORS_MUTATIONS, ...SAFETENSORS_MUTATIONS],
    async read(file) {
      const model = await loadModel(file);
      try {
        const outputs = model.predict(new Float32Array(model.inputShape[0]));
        makeSure(outputs.length === model.outputShape[0], `${outputs.length} outputs`);
      } finally {
        model.dispose();
      }
    },
  },
  {
    name: 'loadModel-predict',
    files: () => written((model) => model.save()),
    mutations: [...BYTE_MUTATIONS, ...SAFETENSORS_MUTATIONS, ...SAFETENSORS_MUTATIONS],
    async read(file) {
      const model = await loadPredictor(file);
      try {
        const outputs = model.predict(new Float32Array(model.inputShape[0]));
        makeSure(outputs.length === model.outputShape[0], `${outputs.length} outputs`);
      } finally {
        model.dispose();
      }
    },
  },
  {
    name: 'loadCheckpoint',
    files: () => written((model) => model.checkpoint()),
    mutations: [...BYTE_MUTATIONS, ...SAFETENSORS_MUTATIONS, ...SAFETENSORS_MUTATIONS],
    async read(file, draws) {
      const model = await loadCheckpoint(file);
      try {
        makeSure(model.checkpoint().length > 0, 'a checkpoint');
        // Training goes on from where the file says, or says why not.
        if (draws.below(4) === 0 && model.inputShape[0] === 2 && model.outputShape[0] === 2) {
          await model
            .fit(X, new Float32Array(24), { epochs: 3, batchSize: 5, resume: true })
            .catch((error: unknown) => {
              makeSure(/^(fit|onTrainBegin|setState|earlyStopping)/.test((error as Error).message), String(error));
            });
        }
      } finally {
        model.dispose();
      }
    },
  },
  {
    name: 'readIdx',
    files: async () => [
      images,
      labels,
      idx(0x09, [5], 1),
      idx(0x0b, [2, 3], 2),
      idx(0x0c, [3], 4),
      idx(0x0d, [2, 2], 4),
      idx(0x0e, [1, 2, 1], 8),
    ],
    mutations: [...BYTE_MUTATIONS, ...IDX_MUTATIONS.filter(({ name }) => !/zip|member/i.test(name))],
    read: tryIdx,
  },
  {
    name: 'readIdx-gzip',
    files: async () => [
      zipped(images),
      zipped(labels),
      zipped(idx(0x0e, [20, 30], 8)),
      zipped(idx(0x08, [1], 1)),
      zipped(
        new Uint8Array(idx(0x08, [60, 784], 1).length).map((_, i) => [0, 0, 8, 2, 0, 0, 0, 60, 0, 0, 3, 16][i] ?? 0),
      ),
    ],
    mutations: [...BYTE_MUTATIONS, ...IDX_MUTATIONS],
    read: tryIdx,
    unpacked: inflated,
  },
  {
    name: 'readMnist',
    files: async () => [images, labels, zipped(images), zipped(labels), idx(0x08, [4, 9], 1)],
    mutations: [...BYTE_MUTATIONS, ...IDX_MUTATIONS],
    async read(file, draws) {
      const isLabels = draws.below(2) > 0;
      const { x, y, count, features } = await readMnist(isLabels ? { images, labels: file } : { images: file, labels });
      makeSure(x.length === count * features && y.length === count, `${x.length} grey levels, ${y.length} labels`);
      return x.byteLength; // floats for bytes
    },
    unpacked: inflated,
  },
  {
    name: 'readCsv',
    files: async () =>
      [
        'length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n6.3,3.3,virginica\n4.9,3,setosa\n',
        '"a","b"\r\n"1","x ""y"""\r\n2,"z\n"\r\n',
        '1;2,5;3\n-4;5e3;6\n7;8,25;9\n',
        '0\t1|2\t3\n4\t5|6\t7\n',
        '\ufeffy,x1,x2\r1,.5,1.\r0,-1e-3,+2\r\r1,2,3',
        Array.from({ length: 120 }, (_, row) => `${row},${row % 3},${row / 7}`).join('\n'),
        '1,1,1,1,1,1\n0,0,0,0,0,0\n',
      ].map(utf8),
    mutations: [...BYTE_MUTATIONS, ...CSV_MUTATIONS, ...CSV_MUTATIONS],
    read(file, draws) {
      const text = draws.below(3) ? file : new TextDecoder().decode(file);
      const { x, y, rows, features, columns, classNames } = readCsv(text, draws.of(CSV_OPTIONS));
      makeSure(x.length === rows * features && columns.length === features, `${x.length} of ${rows} × ${features}`);
      makeSure(x.every(Number.isFinite) && (y?.every(Number.isFinite) ?? true), 'numbers that are not finite');
      makeSure(
        !y || (y.length === rows && (!classNames || y.every((label) => classNames[label] !== undefined))),
        'labels',
      );
    },
  },
  {
    name: 'loadAny-sklearn',
    files: () => stored('sklearn-classes.skops', 'sklearn-binary.skops', 'sklearn-regressor.skops'),
    mutations: [...BYTE_MUTATIONS, ...ZIP_MUTATIONS, ...SKOPS_MUTATIONS, ...SKOPS_MUTATIONS, ...SKOPS_MUTATIONS],
    read: (file) => tryModel(file, {}),
    unpacked: unpackedSize,
  },
  {
    name: 'loadAny-brain',
    async files() {
      await init();
      const [ours] = await ownModel('brain', [
        mlp.dense({ units: 3, activation: 'leakyRelu', inputShape: [2] }),
        mlp.dense({ units: 2, activation: 'leakyRelu' }),
      ]);
      return [ours!, BRAIN];
    },
    mutations: [...BYTE_MUTATIONS, ...JSON_MUTATIONS, ...JSON_MUTATIONS, ...JSON_MUTATIONS],
    read: (file, draws) => tryModel(file, draws.below(2) ? {} : { format: 'brain' }),
  },
  {
    name: 'loadAny-pytorch',
    files: () =>
      corpus(
        'torch-old.pth',
        ...['sequential', 'checkpoint', 'batchnorm-before', 'layernorm', 'strides', 'half', 'bfloat16', 'double'].map(
          (name) => `torch-${name}.pt`,
        ),
      ),
    mutations: [...BYTE_MUTATIONS, ...ZIP_MUTATIONS, ...PICKLE_MUTATIONS, ...PICKLE_MUTATIONS],
    read: (file, draws) => tryModel(file, draws.below(2) ? {} : { format: 'pytorch', activations: 'tanh' }),
    unpacked: unpackedSize,
  },
  {
    name: 'loadAny-safetensors',
    async files() {
      const names = ['counters', 'bfloat16', 'deep'].map((name) => `torch-${name}.safetensors`);
      const [ours] = await ownModel('pytorch');
      return [...(await corpus(...names)), ...OTHER_KINDS.map(([kind, size]) => tensorsOf(kind, size)), ours!];
    },
    mutations: [...BYTE_MUTATIONS, ...SAFETENSORS_MUTATIONS, ...SAFETENSORS_MUTATIONS],
    read: (file, draws) => tryModel(file, draws.below(2) ? {} : { format: 'pytorch', activations: 'tanh' }),
  },
  {
    name: 'loadAny-keras',
    files: () =>
      corpus(
        ...['2', 'alone', 'half', 'chunked', 'packed'].map((name) => `keras-${name}.h5`),
        ...['3', '3-latest', 'packed'].map((name) => `keras-${name}.keras`),
      ),
    mutations: [...BYTE_MUTATIONS, ...ZIP_MUTATIONS, ...KERAS_MUTATIONS, ...KERAS_MUTATIONS, ...KERAS_MUTATIONS],
    read: (file, draws) => tryModel(file, draws.below(2) ? {} : { activations: 'tanh' }),
    unpacked: unpackedSize,
  },
  {
    name: 'loadAny-onnx',
    files: () =>
      corpus(
        ...['norms-9', 'norms-16', 'unfolded', 'view', 'gelu', 'silu'].map((name) => `torch-${name}.onnx`),
        ...['three', 'names', 'two', 'yes-no'].map((name) => `skl-${name}.onnx`),
        ...['bfloat16', 'half', 'double', 'gemm', 'scales', 'doubling'].map((name) => `made-${name}.onnx`),
      ),
    mutations: [...BYTE_MUTATIONS, ...PROTOBUF_MUTATIONS, ...PROTOBUF_MUTATIONS, ...PROTOBUF_MUTATIONS],
    read: (file, draws) => tryModel(file, draws.below(2) ? {} : { format: 'onnx' }),
  },
  {
    name: 'loadAny-tfjs',
    async files() {
      const names = ['sequential', 'functional', 'nested', 'quantized-uint8', 'quantized-uint16', 'old'];
      const models = names.map(async (name) => corpus(`tfjs-${name}.json`, `tfjs-${name}.bin`));
      const [json, numbers] = await ownModel('tfjs');
      const files = [...(await Promise.all(models)), [json!, numbers!], [GRAPH, new Uint8Array(GRAPH_NUMBERS.buffer)]];
      return files.map(([json, numbers]) => packed(json!, numbers!));
    },
    mutations: [...BYTE_MUTATIONS, ...TFJS_MUTATIONS, ...TFJS_MUTATIONS, ...TFJS_MUTATIONS],
    read(file) {
      const { json, numbers } = unpacked(file);
      // Every shard is the same file, whatever it is called. Names end soon, because a text of letters alone would take minutes.
      const names = new TextDecoder().decode(json).match(/[\w-]{1,100}\.bin/g) ?? [];
      return tryModel(Object.fromEntries([['model.json', json], ...names.map((name) => [name, numbers])]), {
        format: 'tfjs',
      });
    },
  },
  {
    name: 'loadAny-ml5',
    async files() {
      const [json, numbers] = await corpus('tfjs-sequential.json', 'tfjs-sequential.bin');
      besideMl5 = numbers!;
      return ML5.map((meta) => packed(utf8(JSON.stringify(meta)), json!));
    },
    mutations: [...BYTE_MUTATIONS, ...TFJS_MUTATIONS, ...TFJS_MUTATIONS, ...TFJS_MUTATIONS],
    read(file) {
      const { json: meta, numbers: model } = unpacked(file);
      const files = { 'model_meta.json': meta, 'model.json': model, 'tfjs-sequential.bin': besideMl5 };
      return tryModel(files, { format: 'tfjs' });
    },
  },
  {
    name: 'loadAny-numpy',
    async files() {
      const names = ['half', 'positional', 'sklearn', 'by_hand', 'torch_order'];
      return [...(await corpus(...names.map((name) => `numpy_${name}.npz`))), ...(await ownModel('numpy'))];
    },
    mutations: [...BYTE_MUTATIONS, ...ZIP_MUTATIONS, ...NUMPY_MUTATIONS, ...NUMPY_MUTATIONS, ...NUMPY_MUTATIONS],
    read: (file, draws) => tryModel(file, { format: 'numpy', ...(draws.below(4) > 0 && { activations: 'tanh' }) }),
    unpacked: unpackedSize,
  },
  {
    name: 'readNumpy',
    async files() {
      const archive = await readNumpy((await corpus('numpy-types.npz'))[0]!, { archive: true });
      makeSure(archive.size > 40, 'an archive');
      return corpus('numpy-large.npy', 'numpy-text.npy', 'numpy-table.npy', 'numpy-objects.npy', 'numpy-types.npz');
    },
    mutations: [...BYTE_MUTATIONS, ...ZIP_MUTATIONS, ...NUMPY_MUTATIONS, ...NUMPY_MUTATIONS, ...NUMPY_MUTATIONS],
    unpacked: unpackedSize,
    async read(file, draws) {
      const isArchive = file[0] === 0x50;
      if (!isArchive || draws.below(9) === 0) {
        const { shape, data } = await readNumpy(file);
        makeSure(data.length === shape.reduce((product, size) => product * size, 1), `${data.length} of [${shape}]`);
      } else await readNumpy(file, { archive: true });
    },
  },
];

const GRAPH_NUMBERS = Float32Array.from({ length: 11 }, (_, i) => Math.sin(i));
const GRAPH = utf8(
  JSON.stringify({
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'w', op: 'Const', attr: {} },
        { name: 'b', op: 'Const', attr: {} },
        { name: 's', op: 'Const', attr: {} },
        { name: 'x', op: 'Placeholder', attr: { shape: { shape: { dim: [{ size: '-1' }, { size: '2' }] } } } },
        { name: 'm', op: 'Mul', input: ['x', 's'] },
        {
          name: 'f',
          op: '_FusedMatMul',
          input: ['m', 'w', 'b'],
          attr: { fused_ops: { list: { s: ['Qmlhc0FkZA==', 'UmVsdQ=='] } }, transpose_b: { b: true } },
        },
        { name: 'o', op: 'Softmax', input: ['f'] },
      ],
    },
    weightsManifest: [
      {
        paths: ['g.bin'],
        weights: [
          { name: 'w', shape: [3, 2], dtype: 'float32' },
          { name: 'b', shape: [3], dtype: 'float32' },
          { name: 's', shape: [2], dtype: 'float32' },
        ],
      },
    ],
  }),
);

/** The numbers of the model that ml5's remarks stand beside. */
let besideMl5: Bytes = new Uint8Array(0);

const COLUMNS = {
  inputs: { a: { dtype: 'number', min: 0, max: 5 }, b: { dtype: 'string', legend: { x: [1, 0, 0], y: [0, 1, 0] } } },
  outputs: { label: { dtype: 'string', legend: { rock: [0, 1, 0], paper: [1, 0, 0], scissors: [0, 0, 1] } } },
  isNormalized: true,
};

/** ml5's two layouts. */
const ML5 = [COLUMNS, { data: { inputMin: [0, 0] }, meta: COLUMNS }];

/** brain.js 1's layout: objects instead of arrays. */
const BRAIN = utf8(
  JSON.stringify({
    sizes: [2, 2, 1],
    layers: [
      { 0: {}, 1: {} },
      { 0: { bias: 1.5, weights: { 0: -2, 1: 3 } }, 1: { bias: -0.5, weights: { 0: 4, 1: 0.25 } } },
      { 0: { bias: 0.75, weights: { 0: -1, 1: 2 } } },
    ],
    outputLookup: { yes: 0 },
    inputLookup: { b: 1, a: 0 },
    trainOpts: { activation: 'tanh' },
  }),
);

/** Kinds of numbers that the corpus has no safetensors of, and their bytes. */
const OTHER_KINDS = [
  ['F16', 2],
  ['F64', 8],
  ['I64', 8],
] as const;

/** A Linear of 3 inputs and 2 units whose numbers are of a kind; what numbers they are is all the same. */
function tensorsOf(kind: string, size: number): Bytes {
  const header = utf8(
    JSON.stringify({
      'fc.weight': { dtype: kind, shape: [2, 3], data_offsets: [0, 6 * size] },
      'fc.bias': { dtype: kind, shape: [2], data_offsets: [6 * size, 8 * size] },
    }),
  );
  const length = new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer);
  return joined(
    length,
    header,
    Uint8Array.from({ length: 8 * size }, (_, i) => i % 7),
  );
}

/** A model of all kinds of layers, as we write it ourselves. */
async function ownModel(
  format: FormatName,
  layers: mlp.LayerConfig[] = [
    mlp.normalization({ inputShape: [2] }),
    mlp.dense({ units: 3, activation: 'leakyRelu' }),
    mlp.batchNormalization(),
    mlp.dropout({ rate: 0.2 }),
    mlp.layerNormalization(),
    mlp.dense({ units: 2, activation: 'softmax' }),
  ],
): Promise<Bytes[]> {
  await init();
  const model = mlp.sequential({ seed: 5, layers });
  const files = await exportModel(model, format);
  model.dispose();
  return files.map(({ bytes }) => new Uint8Array(bytes));
}

/** Files of the corpus of other tools' models. */
async function corpus(...names: string[]): Promise<Bytes[]> {
  await init(); // of dist/, whose core is another than that of the internals
  const folder = new URL('../../formats/corpus/', import.meta.url);
  return Promise.all(names.map(async (name) => new Uint8Array(await readFile(new URL(name, folder)))));
}

/** Archives of the corpus with entries that are not compressed, so that what is changed in them is still read. */
async function stored(...names: string[]): Promise<Bytes[]> {
  const archives = await corpus(...names);
  return archives.map((archive) => new Uint8Array(zipSync(unzipSync(archive), { level: 0 })));
}

/** Reads a model of another tool; its remarks are not shown, because they are as many as inputs. */
async function tryModel(file: ModelSource, options: LoadAnyOptions): Promise<void> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    const model = await loadAny(file, options);
    const outputs = model.predict(new Float32Array(model.inputShape[0]));
    const units = model.outputShape[0];
    model.dispose();
    makeSure(outputs.length === units, `${outputs.length} outputs`);
  } finally {
    console.warn = warn;
  }
}
