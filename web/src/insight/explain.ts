/** Attributions: the share of each feature of an input in an output; documented on `Sequential`. */
import { checkBoolean, checkInteger, checkName, checkObject, rangeError } from '../check/arguments.js';
import { copyInSamples } from '../data/place.js';
import { checkInputs, denseRows, type Inputs } from '../data/samples.js';
import { largest } from '../model/classes.js';
import { outputsOf, type Handle } from '../model/handle.js';
import { copyFloats, reserve, scoped } from '../wasm/heap.js';
import { cosOfPi } from '../wasm/same-bits.js';

/** Options of {@link Sequential.explain}. */
export interface ExplainOptions {
  /**
   * `'integratedGradients'`: (x − x′)·∫₀¹ ∂f/∂x(x′ + α(x − x′)) dα (Sundararajan et al. 2017); these sum up to
   * f(x) − f(x′), but for the error of numerical integration (`completenessErrors`). `'gradientTimesInput'`: x·∂f/∂x
   * (Shrikumar et al. 2016). Default `'integratedGradients'`.
   */
  method?: 'integratedGradients' | 'gradientTimesInput';
  /** Number of the output to explain. Default: of each row the largest one, the predicted class. */
  unit?: number;
  /** True to explain that unit's z rather than its activation. Default false. */
  logits?: boolean;
  /** Of integrated gradients: x′, one row. Default: zeros. */
  baseline?: Inputs;
  /**
   * Of integrated gradients: nodes of the Gauss–Legendre rule, 1 to 10,000. Of smooth networks the sum is right to
   * rounding from a few dozen on; `relu` and its like jump in slope on the way, and miss it by up to some half a percent
   * with 50, falling about as 1/steps. Default 50.
   */
  steps?: number;
}

/** Result of {@link Sequential.explain}. */
export interface Explanation {
  /** `[rows, features]` of the attributions. */
  shape: [number, number];
  /** The share of each feature in the output, row-major. */
  attributions: Float32Array;
  /** The output that is explained, for each row. */
  units: Int32Array;
  /** Its value f(x), for each row. */
  outputs: Float32Array;
  /** Its value at the baseline, f(x′), for each row; at zeros, for gradients times inputs. */
  baselineOutputs: Float32Array;
  /**
   * Sum of the attributions less f(x) − f(x′), for each row: by how much they say too much or too little. More `steps`
   * bring it nearer to 0. Gradients times inputs do not sum up to anything, so theirs need not be small.
   */
  completenessErrors: Float32Array;
}

const METHODS = ['integratedGradients', 'gradientTimesInput'];

/** Rows that a pass takes at once, or the steps of one sample where they are more. */
const PASS_ROWS = 128;

export function explain(handle: Handle, x: Inputs, given: ExplainOptions): Explanation {
  const options = checkObject('explain: options', given, ['method', 'unit', 'logits', 'baseline', 'steps']);
  const { method = 'integratedGradients', unit, logits = false, steps = 50 } = options;
  const { features } = handle;
  const outputs = outputsOf(handle);
  checkName('explain: method', method, METHODS);
  if (unit !== undefined) checkInteger('explain: unit', unit, 0, outputs - 1);
  checkBoolean('explain: logits', logits);
  checkInteger('explain: steps', steps, 1, 10_000);
  const integrated = method === 'integratedGradients';
  for (const name of ['baseline', 'steps'] as const) {
    if (!integrated && options[name] !== undefined)
      throw rangeError(`explain: ${name}`, `none with '${method}'`, options[name]);
  }
  const inputs = checkInputs('explain: x', x, features);
  const origin = options.baseline && checkInputs('explain: baseline', options.baseline, features);
  if (origin && origin.rows !== 1) throw rangeError('explain: baseline', 'one row', options.baseline);
  const baseline = origin ? denseRows(origin, [0]) : new Float32Array(features);

  const [nodes, weights] = integrated ? gauss(steps) : [[1], [1]];
  const explanation: Explanation = {
    shape: [inputs.rows, features],
    attributions: new Float32Array(inputs.rows * features),
    units: new Int32Array(inputs.rows),
    outputs: new Float32Array(inputs.rows),
    baselineOutputs: new Float32Array(inputs.rows),
    completenessErrors: new Float32Array(inputs.rows),
  };
  const valuesAtBaseline = pass(handle, baseline, logits).values;
  const rowsAtOnce = Math.max(1, Math.floor(PASS_ROWS / nodes.length));
  for (let begin = 0; begin < inputs.rows; begin += rowsAtOnce) {
    const rows = Array.from({ length: Math.min(rowsAtOnce, inputs.rows - begin) }, (_, i) => begin + i);
    const data = denseRows(inputs, rows);
    const { values, activations } = pass(handle, data, logits);
    const points = new Float32Array(data.length * nodes.length);
    const units = new Int32Array(rows.length * nodes.length);
    rows.forEach((row, i) => {
      const chosen = unit ?? largest(activations.subarray(i * outputs, (i + 1) * outputs));
      explanation.units[row] = chosen;
      explanation.outputs[row] = values[i * outputs + chosen]!;
      explanation.baselineOutputs[row] = valuesAtBaseline[chosen]!;
      nodes.forEach((node, k) => {
        const point = i * nodes.length + k;
        units[point] = chosen;
        for (let j = 0; j < features; ++j) {
          points[point * features + j] = baseline[j]! + node * (data[i * features + j]! - baseline[j]!);
        }
      });
    });
    const { gradients } = pass(handle, points, logits, units);
    rows.forEach((row, i) => {
      let sum = 0;
      for (let j = 0; j < features; ++j) {
        let mean = 0;
        for (let k = 0; k < nodes.length; ++k) {
          mean += weights[k]! * gradients[(i * nodes.length + k) * features + j]!;
        }
        const attribution = (data[i * features + j]! - baseline[j]!) * mean;
        explanation.attributions[row * features + j] = attribution;
        sum += attribution;
      }
      explanation.completenessErrors[row] = sum - (explanation.outputs[row]! - explanation.baselineOutputs[row]!);
    });
  }
  return explanation;
}

/** Forward, and with `units` back to ∂/∂x of each row's unit. `values`: activations, or logits if wanted. */
function pass(handle: Handle, dense: Float32Array, logits: boolean, units?: Int32Array) {
  const { features, native } = handle;
  const rows = dense.length / features;
  const last = handle.layers.length - 1;
  const size = rows * outputsOf(handle);
  return scoped((scope) => {
    const at = scope.copyIn(units);
    const to = scope.allocate(units ? 4 * dense.length : 0);
    const samples = copyInSamples(scope, { rows, features, dense });
    reserve(native.wholeBatchBytes(samples));
    native.forward(samples);
    if (units) native.inputGradient(at, logits, to);
    const activations = copyFloats(native.a(last), size);
    return {
      activations,
      values: logits ? copyFloats(native.z(last), size) : activations,
      gradients: copyFloats(to, units ? dense.length : 0),
    };
  });
}

/**
 * Nodes and weights of ∫₀¹ by Gauss and Legendre: exact for polynomials up to degree 2n − 1. The nodes are the
 * roots of the Legendre polynomial Pₙ, found by Newton's method, moved from [−1, 1].
 */
function gauss(n: number): [nodes: number[], weights: number[]] {
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < n; ++i) {
    let root = cosOfPi((i + 0.75) / (n + 0.5));
    let slope = 0;
    for (let step = 1, round = 0; Math.abs(step) > 1e-15 && round < 10; ++round) {
      let [before, value] = [1, root];
      for (let k = 2; k <= n; ++k) {
        [before, value] = [value, ((2 * k - 1) * root * value - (k - 1) * before) / k];
      }
      slope = (n * (root * value - before)) / (root * root - 1);
      step = value / slope;
      root -= step;
    }
    nodes.push((1 - root) / 2);
    weights.push(1 / ((1 - root * root) * slope * slope));
  }
  return [nodes, weights];
}
