/** Traces of passes, gradients and their checks; documented on `Sequential`. */
import { checkInteger, checkNumber, checkObject } from '../check/arguments.js';
import { copyInSamples } from '../data/place.js';
import { checkInputs, type Inputs } from '../data/samples.js';
import type { Targets } from '../data/targets.js';
import { outputsOf, type Handle } from '../model/handle.js';
import { countTrained, weightSlots, type Weight } from '../model/weights.js';
import { wholeBatch } from '../model/workspace.js';
import { copyFloats, reserve, scoped } from '../wasm/heap.js';
import type { Pointer } from '../wasm/native.js';

/** Numbers with a shape, row-major. */
export interface Tensor {
  shape: number[];
  data: Float32Array;
}

/** A layer's share of {@link Sequential.forwardTrace}. m rows, n units. */
export interface LayerForward {
  name: string;
  /** Pre-activation Z = A·W + b, m × n. */
  z: Tensor;
  /** Activation A = σ(Z), m × n. */
  a: Tensor;
}

/** A layer's share of {@link Sequential.backpropTrace}, in the documents' notation. */
export interface LayerBackprop extends LayerForward {
  /** Error signal Δ = ∂L/∂Z, m × n, with the 1/m of the mean over samples in it. */
  delta: Tensor;
  /** ∂L/∂W = (A of the layer before)ᵀ Δ; ∂L/∂γ of a normalising layer; absent without either. */
  kernelGrad?: Tensor;
  /** ∂L/∂b = column sums of Δ; ∂L/∂β of a normalising layer; absent without either. */
  biasGrad?: Tensor;
}

/** Result of {@link Sequential.gradientCheck}. */
export interface GradientCheck {
  /** Largest |analytic − numeric| ÷ max(|analytic|, |numeric|, 1e-2 × the largest gradient or the loss). */
  worstRelativeError: number;
  /** The weight that has it: `dense_1/kernel`. */
  weight: string;
  /** Row-major position in that weight. */
  index: number;
  analytic: number;
  numeric: number;
  /** Parameters compared. */
  checked: number;
  /** Parameters left out because the difference quotient would straddle a kink (ReLU at 0, |x| at 0 …). */
  skipped: number;
}

/** A layer's share of {@link Sequential.gradientNorms}: Euclidean norms. */
export interface LayerGradientNorms {
  name: string;
  deltaNorm: number;
  kernelGradNorm: number;
  biasGradNorm: number;
}

/** Result of {@link Sequential.sharpness}. */
export interface Sharpness {
  /** Largest eigenvalue of the Hessian of the loss with respect to all parameters; NaN where it is not finite. */
  lambdaMax: number;
  /**
   * 2/λ_max, the stability bound of document 001 §11; Infinity where λ_max ≤ 0. NaN where λ_max is: the loss or its
   * derivatives are not finite, because the network has diverged, and no rate says how to go on from there.
   */
  learningRateBound: number;
  /** Number of Hessian-vector products computed. */
  iterations: number;
  /** True if ‖Hu − λu‖ of the eigenvector u fell below tolerance × |λ|, or to rounding. */
  converged: boolean;
}

/** Gradients below this share of the largest one are compared with that share, because float32 resolves no less. */
const FLOOR_SHARE = 1e-2;

/** The gradient of every weight that gradients train. */
function readGradients(handle: Handle): Weight[] {
  const buffer = handle.native.gradients();
  return trainedSlots(handle).map(({ name, shape, offset, length }) => ({
    name,
    shape,
    data: copyFloats(buffer + 4 * offset, length),
  }));
}

const trainedSlots = (handle: Handle) => weightSlots(handle).filter(({ trained }) => trained);

export function gradients(handle: Handle, x: Inputs, y: Targets): { loss: number; gradients: Weight[] } {
  return scoped((scope) => {
    const batch = wholeBatch(handle, scope, 'gradients', x, y);
    const loss = handle.native.lossAndGradients(batch);
    return { loss, gradients: readGradients(handle) };
  });
}

export function forwardTrace(handle: Handle, x: Inputs): LayerForward[] {
  const inputs = checkInputs('forwardTrace: x', x, handle.features);
  return scoped((scope) => {
    const samples = copyInSamples(scope, inputs);
    reserve(handle.native.wholeBatchBytes(samples));
    handle.native.forward(samples);
    return handle.layers.map((_, layer) => layerForward(handle, layer, inputs.rows));
  });
}

export function backpropTrace(handle: Handle, x: Inputs, y: Targets): { loss: number; layers: LayerBackprop[] } {
  return scoped((scope) => {
    const batch = wholeBatch(handle, scope, 'backpropTrace', x, y);
    const loss = handle.native.lossAndGradients(batch);
    const grads = new Map(readGradients(handle).map((weight) => [weight.name, weight]));
    const tensor = (name: string): Tensor | undefined => {
      const weight = grads.get(name);
      return weight && { shape: weight.shape, data: weight.data };
    };
    const layers = handle.layers.map(({ name }, layer): LayerBackprop => {
      const kernelGrad = tensor(`${name}/kernel`) ?? tensor(`${name}/gamma`);
      const biasGrad = tensor(`${name}/bias`) ?? tensor(`${name}/beta`);
      return {
        ...layerForward(handle, layer, batch.rows),
        delta: rowsOf(handle, layer, batch.rows, handle.native.delta(layer)),
        ...(kernelGrad && { kernelGrad }),
        ...(biasGrad && { biasGrad }),
      };
    });
    return { loss, layers };
  });
}

export function gradientCheck(handle: Handle, x: Inputs, y: Targets, options: { samples?: number }): GradientCheck {
  const all = countTrained(handle);
  const { samples = all } = checkObject('gradientCheck: options', options, ['samples']);
  checkInteger('gradientCheck: samples', samples, 1);
  return scoped((scope) => {
    const batch = wholeBatch(handle, scope, 'gradientCheck', x, y, (samples) =>
      handle.native.gradientCheckBytes(samples),
    );
    const { parameter, ...rest } = handle.native.gradientCheck(batch, Math.min(samples, all), FLOOR_SHARE);
    const slot = trainedSlots(handle).find(({ offset, length }) => parameter < offset + length)!;
    return { ...rest, weight: slot.name, index: parameter - slot.offset };
  });
}

export function gradientNorms(handle: Handle, x: Inputs, y: Targets): LayerGradientNorms[] {
  return scoped((scope) => {
    const batch = wholeBatch(handle, scope, 'gradientNorms', x, y);
    const norms = handle.native.gradientNorms(batch);
    return norms.map(({ delta, kernelGrad, biasGrad }, layer) => ({
      name: handle.layers[layer]!.name,
      deltaNorm: delta,
      kernelGradNorm: kernelGrad,
      biasGradNorm: biasGrad,
    }));
  });
}

export function sharpness(
  handle: Handle,
  x: Inputs,
  y: Targets,
  options: { maxIterations?: number; tolerance?: number },
): Sharpness {
  const given = checkObject('sharpness: options', options, ['maxIterations', 'tolerance']);
  const { maxIterations = 100, tolerance = 1e-4 } = given;
  checkInteger('sharpness: maxIterations', maxIterations, 1);
  checkNumber('sharpness: tolerance', tolerance, 0);
  return scoped((scope) => {
    const batch = wholeBatch(handle, scope, 'sharpness', x, y, (samples) =>
      handle.native.sharpnessBytes(samples, maxIterations),
    );
    const result = handle.native.sharpness(batch, maxIterations, tolerance);
    const { lambdaMax } = result;
    return { ...result, learningRateBound: Number.isNaN(lambdaMax) ? NaN : lambdaMax > 0 ? 2 / lambdaMax : Infinity };
  });
}

function layerForward(handle: Handle, layer: number, rows: number): LayerForward {
  return {
    name: handle.layers[layer]!.name,
    z: rowsOf(handle, layer, rows, handle.native.z(layer)),
    a: rowsOf(handle, layer, rows, handle.native.a(layer)),
  };
}

function rowsOf(handle: Handle, layer: number, rows: number, pointer: Pointer): Tensor {
  const { units } = handle.layers[layer] ?? { units: outputsOf(handle) };
  return { shape: [rows, units], data: copyFloats(pointer, rows * units) };
}
