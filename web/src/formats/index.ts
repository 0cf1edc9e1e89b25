/**
 * mlp-wasm/files: models of other tools, in and out. The code of a format is loaded when it is first asked for; a worker
 * of your own that imports this needs `worker: { format: 'es' }` in Vite 5 to 7, whose default makes one file of it.
 *
 * @packageDocumentation
 */
import { checkArray, checkName, checkObject, checkString, namedAfter } from '../check/arguments.js';
import { asBytes, type Bytes } from '../check/bytes.js';
import type { ByteArray } from '../check/realm.js';
import type { Sequential } from '../index.js';
import type { TransferOptions } from '../storage/store.js';
import { describe, modelOf } from './description.js';
import { formatNamed, READABLE, WRITABLE, type FormatName } from './format.js';
import type { ExportedFile, ReadOptions } from './options.js';
import type { NumpyOptions } from './numpy/data.js';
import type { NumpyArray, NumpyData } from './numpy/npy.js';
import type { ExportTrainingOptions, TrainingData } from './pytorch/export-training.js';
import { described, openSource, type ModelSource, type Source } from './source.js';

export type {
  ExportedFile,
  ExportTrainingOptions,
  FormatName,
  ModelSource,
  NumpyArray,
  NumpyData,
  NumpyOptions,
  ReadOptions,
  TrainingData,
};

/** Options of {@link loadAny}. */
export interface LoadAnyOptions extends ReadOptions, TransferOptions {
  /** The format of the file. Default: as its content tells. */
  format?: FormatName;
}

const LOAD_OPTIONS = ['format', 'activations', 'signal', 'onProgress', 'headers', 'credentials'];

/**
 * A model that another tool wrote, recognised by its content:
 *
 * | `format` | files |
 * |---|---|
 * | `mlp-wasm` | what `save()` and `checkpoint()` wrote |
 * | `brain` | brain.js: the JSON of `toJSON()` |
 * | `pytorch` | PyTorch: a state dictionary by `torch.save` or as safetensors, with the option `activations` |
 * | `onnx` | ONNX of PyTorch, scikit-learn (skl2onnx), Keras and others, operators 7 to 23, numbers in a file beside it, too |
 * | `keras` | Keras: `.keras`; `.h5`; `.weights.h5` and what `save_weights()` wrote, with the JSON of `to_json()` beside it or `activations` |
 * | `tfjs` | TensorFlow.js: `model.json` and its `.bin` files, a layers-model or a graph-model that is a chain; ml5's `model_meta.json` beside it |
 * | `numpy` | NumPy: `.npz` that was made by `exportModel`; one, or `.npy` files, of kernels and biases, with `activations` |
 * | `sklearn` | scikit-learn: MLPClassifier and MLPRegressor, alone or behind scalers in a Pipeline, by skops |
 *
 * What a file leaves out or has too much is said once on the console.
 *
 * @param source an address; bytes; a `File` or several; or an object of files by name. Of files that name others, as
 *   `model.json` names its weights, all must be given, or be reachable beside the address.
 * @throws {TypeError | RangeError} naming the argument, or what in the file is no multilayer perceptron's or is broken.
 * @throws {Error} naming the address, where nothing can be loaded from there; and before `init` of `mlp-wasm` is done.
 * @example
 * const model = await loadAny('models/model.json');
 * const dropped = await loadAny([...event.dataTransfer.files]);
 */
export async function loadAny(source: ModelSource, options: LoadAnyOptions = {}): Promise<Sequential> {
  const method = 'loadAny';
  const { format, activations, ...transfer } = checkObject(`${method}: options`, options, LOAD_OPTIONS);
  if (format !== undefined) checkName(`${method}: format`, format, READABLE);
  const opened = await openSource(method, source, transfer);
  const name = format ?? (await recognise(opened));
  if (name === undefined) {
    const kinds = READABLE.join(', ');
    throw new RangeError(`${method}: source: expected a file of ${kinds}, got ${described(opened.files[0]!)}`);
  }
  const chosen = formatNamed(name);
  if (chosen.load) {
    return chosen.load(opened).catch((error: unknown) =>
      namedAfter(method, () => {
        throw error;
      }),
    );
  }
  const { read } = await chosen.reader!();
  const description = await read(method, opened, activations === undefined ? {} : { activations });
  return namedAfter(method, () => modelOf(method, description));
}

async function recognise(source: Source): Promise<FormatName | undefined> {
  for (const name of READABLE) if (await formatNamed(name).recognises!(source)) return name;
  return undefined;
}

/**
 * The files of a model for another tool; what that tool has not is refused by name, before anything is written.
 *
 * | `format` | files | opens in |
 * |---|---|---|
 * | `brain` | `network.json` | brain.js: `new NeuralNetwork().fromJSON(…)` |
 * | `pytorch` | `model.safetensors`, `model.py` | PyTorch 1.12 and later: `from model import load` |
 * | `onnx` | `model.onnx`; `{ opset }`, 9 to 23, default 13; without what works in training alone | onnxruntime and all else that takes ONNX |
 * | `c` | `model.h`: C99 and C++, floats, nothing allocated; `{ quantize: 'int8', prefix }`, default prefix `'model'` | every compiler; microcontrollers: `model_predict(x, out)`, `model_check()` |
 * | `html` | `model.html`: a page for people, which draws and reads digits (784 inputs, 10 outputs) or asks for the features; `{ quantize: 'int8' }` | a browser, from the disk, too |
 * | `javascript` | `model.js` | everything that takes ES modules, without a library: `predict(x)`, `check()`; `{ quantize: 'int8' }` |
 * | `tfjs` | `model.json`, `weights.bin` | TensorFlow.js: `tf.loadLayersModel(…)` |
 * | `numpy` | `model.npz` | NumPy: `numpy.load('model.npz')['dense/kernel']` |
 * | `keras` | `model.weights.npz`, `model.py` | Keras 2 and 3: `from model import load`, or `python model.py`, which makes `model.keras` |
 * | `sklearn` | `weights.npz`, `model.py` | scikit-learn: an MLPClassifier or MLPRegressor, by `from model import load` |
 *
 * @param options of the format; most have none. `quantize: 'int8'` stores kernels as integers with a scale for each unit.
 * @throws {TypeError | RangeError} naming the argument, or the layer that the tool has not.
 * @throws {Error} when the model is disposed.
 * @example
 * const [{ name, bytes }] = await exportModel(model, 'brain');
 */
export async function exportModel(
  model: Sequential,
  format: FormatName,
  options: object = {},
): Promise<ExportedFile[]> {
  const method = 'exportModel';
  checkName(`${method}: format`, format, WRITABLE);
  const { write } = await formatNamed(format).writer!();
  return write(method, describe(model), model, options);
}

/**
 * A training that outgrew one machine, as a folder with which PyTorch's distributed engine goes on from exactly there:
 * `checkpoint.safetensors` (weights and the optimizer's state), the data in shards, `train.py`, `model.py` and a README.
 * `torchrun --nproc_per_node=N train.py` trains with the same loss, optimizer, penalties and learning rates, and writes a
 * checkpoint that `loadCheckpoint` of `mlp-wasm` takes back. It pays with a GPU, with more than 4 GB of data or with wide layers;
 * on as many processor cores the tab is as fast.
 *
 * @param model compiled; trained so far or not
 * @param data all samples and targets, as `fit` takes them; they are copied
 * @returns the files; {@link zipFiles} makes one of them
 * @throws {TypeError | RangeError} naming the argument, or the optimizer, the loss or the layer that the program has not.
 * @throws {Error} when the model is not compiled or disposed.
 * @example
 * const files = await exportTraining(model, { x, y }, { target: 'pytorch', epochs: 100, batchSize: 256 });
 * await save(await zipFiles(files), 'downloads://training.zip');
 */
export async function exportTraining(
  model: Sequential,
  data: TrainingData,
  options: ExportTrainingOptions,
): Promise<ExportedFile[]> {
  const method = 'exportTraining';
  const known = ['target', 'epochs', 'batchSize', 'shuffle'];
  const given = checkObject(`${method}: options`, options, known);
  checkName(`${method}: target`, given.target, ['pytorch']);
  const room = await import('./pytorch/export-training.js');
  return namedAfter(method, () => room.exportTraining(method, model, data, given));
}

/**
 * The files of an export as one zip archive, which is the same to the byte whenever it is made.
 *
 * @throws {TypeError} for what is no list of files.
 */
export async function zipFiles(files: readonly ExportedFile[]): Promise<ByteArray> {
  const list = checkArray('zipFiles: files', files, 'the files of an export') as ExportedFile[];
  list.forEach((file, i) => {
    const { name, bytes } = checkObject(`zipFiles: files[${i}]`, file, ['name', 'bytes']);
    checkString(`zipFiles: files[${i}].name`, name);
    asBytes(`zipFiles: files[${i}].bytes`, bytes);
  });
  const { zip } = await import('./write-zip.js');
  return zip(list) as ByteArray;
}

/**
 * Arrays that NumPy saved, as data: of a `.npy` file its array, of an `.npz` archive a map of them by name. Numbers of
 * every type and byte order are read; texts, complex numbers, dates, tables and Python objects are refused by name.
 *
 * @throws {TypeError} if an argument is of the wrong type.
 * @throws {RangeError} where it is no such file, is broken, or has elements that are no numbers, or integers beyond ±2⁵³.
 * @example
 * const { shape, data } = await readNumpy(await (await fetch('x_train.npy')).arrayBuffer());
 * const labels = (await readNumpy(bytes, { archive: true })).get('y');
 */
export async function readNumpy(bytes: Bytes, options?: { archive?: false }): Promise<NumpyArray>;
export async function readNumpy(bytes: Bytes, options: { archive: true }): Promise<Map<string, NumpyArray>>;
export async function readNumpy(
  bytes: Bytes,
  options: NumpyOptions = {},
): Promise<NumpyArray | Map<string, NumpyArray>> {
  const { readArrays } = await import('./numpy/data.js');
  return readArrays(bytes, options);
}
