/** What each feature of an input has to do with an output; documented on `Sequential`. */
import { checkBoolean, checkInteger, checkName, checkObject, rangeError } from './check.js';
import { outputsOf, place, reserveWorkspace, type Core } from './core.js';
import { checkInputs, denseRows } from './data.js';
import { cosOfPi } from './elementary.js';
import { copyFloats, scoped } from './heap.js';
import type { Explanation, ExplainOptions, Inputs } from './types.js';
import { largest } from './weights.js';

const METHODS = ['integratedGradients', 'gradientTimesInput'];

/** Rows that a pass takes at once, or the steps of one sample where they are more. */
const PASS_ROWS = 128;

export function explain(core: Core, x: Inputs, options: ExplainOptions): Explanation {
  checkObject('explain: options', options, ['method', 'unit', 'logits', 'baseline', 'steps']);
  const { method = 'integratedGradients', unit, logits = false, steps = 50 } = options;
  const { features } = core;
  const outputs = outputsOf(core);
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
  };
  const valuesAtBaseline = pass(core, baseline, logits).values;
  const rowsAtOnce = Math.max(1, Math.floor(PASS_ROWS / nodes.length));
  for (let begin = 0; begin < inputs.rows; begin += rowsAtOnce) {
    const rows = Array.from({ length: Math.min(rowsAtOnce, inputs.rows - begin) }, (_, i) => begin + i);
    const data = denseRows(inputs, rows);
    const { values, activations } = pass(core, data, logits);
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
    const { gradients } = pass(core, points, logits, units);
    rows.forEach((row, i) => {
      for (let j = 0; j < features; ++j) {
        let mean = 0;
        for (let k = 0; k < nodes.length; ++k) {
          mean += weights[k]! * gradients[(i * nodes.length + k) * features + j]!;
        }
        explanation.attributions[row * features + j] = (data[i * features + j]! - baseline[j]!) * mean;
      }
    });
  }
  return explanation;
}

/** Forward, and with `units` back to ∂/∂x of each row's unit. `values`: activations, or logits if wanted. */
function pass(core: Core, dense: Float32Array, logits: boolean, units?: Int32Array) {
  const { features, native } = core;
  const rows = dense.length / features;
  const last = core.layers.length - 1;
  const size = rows * outputsOf(core);
  return scoped((scope) => {
    const at = scope.copyIn(units);
    const to = scope.allocate(units ? 4 * dense.length : 0);
    const samples = place(scope, { rows, features, dense });
    reserveWorkspace(core, rows);
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
