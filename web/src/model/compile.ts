/** Compiling a model: its optimizer, loss and metrics. */
import { reserve } from '../wasm/heap.js';
import type { Handle, ResolvedCompile } from './handle.js';
import { checkArray, checkObject, rangeError } from '../check/arguments.js';
import { resolveLoss, type LossConfig, type LossName } from './losses.js';
import { resolveMetric, type MetricConfig, type MetricName } from './metrics.js';
import { nativeOptimizer, resolveOptimizer, type OptimizerConfig, type OptimizerName } from './optimizers.js';

/** Options of {@link Sequential.compile}. */
export interface CompileOptions {
  optimizer: OptimizerName | OptimizerConfig;
  loss: LossName | LossConfig;
  /** In logs under their names; a name that was there before gets `_1`, `_2` … */
  metrics?: (MetricName | MetricConfig)[];
}

export function resolveCompile(options: CompileOptions): ResolvedCompile {
  const { metrics = [], ...given } = checkObject('compile', options, ['optimizer', 'loss', 'metrics']);
  const metricList = checkArray('compile: metrics', metrics, 'an array of names');
  const optimizer = resolveOptimizer('compile: optimizer', given.optimizer);
  const loss = resolveLoss('compile: loss', given.loss);
  return {
    optimizer,
    loss,
    metrics: metricList.map((metric, i) => resolveMetric(`compile: metrics[${i}]`, metric as MetricName, loss)),
  };
}

/** Sets optimizer, loss and metrics of a model; the optimizer starts afresh, the weights stay. */
export function compileModel(handle: Handle, options: CompileOptions): void {
  const resolved = resolveCompile(options);
  const last = handle.layers[handle.layers.length - 1]!.activation.name;
  if (resolved.loss.fromLogits && last !== 'linear') {
    throw rangeError('compile: loss.fromLogits', "a last layer that is 'linear'", last);
  }
  const optimizer = nativeOptimizer(resolved.optimizer);
  const fault = handle.native.compileFault(resolved.loss, resolved.metrics, optimizer);
  if (fault) throw new RangeError(fault);
  reserve(handle.native.compileBytes(resolved.metrics.length, optimizer));
  handle.native.compile(resolved.loss, resolved.metrics, optimizer);
  handle.compiled = resolved;
  handle.position = undefined;
  handle.setAside = undefined;
  handle.isConverged = false;
}
