/**
 * Tables in, names out: reads data that people have, trains on them, answers in their names and units, and keeps all of
 * that in one file.
 *
 * @packageDocumentation
 */
export { readTable, type ReadTableOptions, type TableSource } from './read-table.js';
export { Table, type Row, type TableOptions } from './table.js';
export { COLUMN_KINDS, type Column, type ColumnKind } from './column.js';
export { trainTestSplit, type SplitOptions } from './split.js';
export { classifier, regressor, type Classifier, type Regressor } from './estimator.js';
export type { EstimatorOptions, TableFitOptions, WorkerLibrary, WorkerModel } from './estimator-options.js';
export {
  loadTableModel,
  type ClassifierModel,
  type ClassPrediction,
  type LabelProbability,
  type NumberPrediction,
  type RegressorModel,
  type Training,
} from './table-model.js';
export type {
  CategoryFeature,
  ClassesTarget,
  ClassTarget,
  Feature,
  NumbersTarget,
  NumericFeature,
  Schema,
  Target,
} from './schema.js';
export type { ClassifierScore, ClassReport, NumberReport, RegressorScore } from './score.js';
export { crossValidate, type CrossValidation, type CrossValidationOptions, type Figures } from './cross-validation.js';
export {
  randomSearch,
  SEARCH_METRICS,
  type Range,
  type Search,
  type SearchMetric,
  type SearchOptions,
  type SearchSpace,
  type Trial,
} from './search.js';
export {
  partialDependence,
  permutationImportance,
  type Importance,
  type ImportanceOptions,
  type PartialDependence,
} from './importance.js';
export {
  calibrate,
  expectedCalibrationError,
  type Calibration,
  type CalibrationBin,
  type TemperatureScaling,
} from './calibration.js';
