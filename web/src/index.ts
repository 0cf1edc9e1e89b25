/**
 * mlp-wasm: multilayer perceptrons, trained in a page, a worker or Node.
 *
 * @packageDocumentation
 */
export { backend, init } from './wasm.js';
export {
  activation,
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  layerNormalization,
  normalization,
} from './layers.js';
export { sequential, type Sequential } from './model.js';
export { augment } from './augment.js';
export { confusionMatrix } from './confusion.js';
export { loadModel } from './formats/model.js';
export { loadCheckpoint } from './formats/checkpoint.js';
export { schedules, warmup } from './schedules.js';
export {
  csvLogger,
  earlyStopping,
  learningRateScheduler,
  modelCheckpoint,
  reduceLROnPlateau,
  terminateOnNaN,
  type EarlyStoppingOptions,
  type ModelCheckpointOptions,
  type MonitorOptions,
  type ReduceLROnPlateauOptions,
} from './callbacks.js';
export { readIdx, readMnist, type IdxArray, type IdxOptions, type MnistFiles } from './formats/idx.js';
export { readCsv, type CsvOptions, type CsvTable } from './formats/csv.js';
export {
  readSafetensors,
  writeSafetensors,
  type NamedTensor,
  type SafetensorsFile,
} from './formats/safetensors.js';
export * from './types.js';
/** For the tests; nothing is promised about it. @internal */
export * as _internals from './wasm.js';
