/** Loss and metrics of samples that a model is not trained on. */
import { checkInteger, checkObject } from '../check/arguments.js';
import { copyInSamples } from '../data/place.js';
import { checkSampleWeight, type SampleWeight } from '../data/sample-weights.js';
import { PASS_ROWS, checkInputs, type Inputs } from '../data/samples.js';
import { checkTargets, type Targets } from '../data/targets.js';
import { reserve, scoped } from '../wasm/heap.js';
import { mlp } from '../wasm/module.js';
import { withClassWeight, type ClassWeight } from './classes.js';
import { outputsOf, targetKindOf, type Handle } from './handle.js';
import { logsFrom, type Logs } from './logs.js';

/** Options of {@link Sequential.evaluate}. */
export interface EvaluateOptions {
  /** Rows a pass; changes memory, not results. Default 128. */
  batchSize?: number;
  /** As in {@link FitOptions}. */
  sampleWeight?: SampleWeight;
  /** As in {@link FitOptions}. */
  classWeight?: ClassWeight;
}

/** Mean loss and metrics over samples and their targets. */
export function evaluate(handle: Handle, x: Inputs, y: Targets, options: EvaluateOptions): Logs {
  const keys = ['batchSize', 'sampleWeight', 'classWeight'];
  const { batchSize = PASS_ROWS, sampleWeight, classWeight } = checkObject('evaluate: options', options, keys);
  const kind = targetKindOf(handle, 'evaluate');
  checkInteger('evaluate: batchSize', batchSize, 1);
  const inputs = checkInputs('evaluate: x', x, handle.features);
  let targets = checkTargets('evaluate: y', y, inputs.rows, outputsOf(handle), kind);
  if (sampleWeight !== undefined)
    targets.weights = checkSampleWeight('evaluate: sampleWeight', sampleWeight, inputs.rows);
  if (classWeight !== undefined) targets = withClassWeight(handle, 'evaluate', classWeight, targets);
  const passRows = Math.min(batchSize, inputs.rows);
  return scoped((scope) => {
    const samples = copyInSamples(scope, inputs, targets);
    reserve(handle.native.evaluatorBytes(samples, passRows));
    const evaluator = new (mlp().Evaluator)(handle.native, samples, passRows);
    try {
      evaluator.run(inputs.rows);
      return logsFrom(handle, evaluator.results());
    } finally {
      evaluator.delete();
    }
  });
}
