/** What a person can ask a model about its passes and gradients; documented on `Sequential`. */
import { checkInteger, checkNumber, checkObject } from './check.js';
import {
  countTrainable,
  outputsOf,
  place,
  reserveWorkspace,
  weightPlaces,
  weightPointer,
  wholeBatch,
  type Core,
} from './core.js';
import { checkInputs } from './data.js';
import { copyFloats, scoped } from './heap.js';
import type {
  GradientCheck,
  Inputs,
  LayerBackprop,
  LayerForward,
  LayerGradientNorms,
  Sharpness,
  Targets,
  Tensor,
  Weight,
} from './types.js';
import type { Pointer } from './wasm.js';

/** Gradients below this share of the largest one are compared on that scale: float32 can tell no more. */
const FLOOR_SHARE = 1e-2;

export function readWeights(core: Core): Weight[] {
  return weightPlaces(core).map((place) => ({
    name: place.name,
    shape: place.shape,
    data: copyFloats(weightPointer(core, place), place.length),
  }));
}

/** Of every weight that gradients train. */
function readGradients(core: Core): Weight[] {
  const buffer = core.native.gradients();
  return trainablePlaces(core).map(({ name, shape, offset, length }) => ({
    name,
    shape,
    data: copyFloats(buffer + 4 * offset, length),
  }));
}

const trainablePlaces = (core: Core) => weightPlaces(core).filter(({ trainable }) => trainable);

export function gradients(core: Core, x: Inputs, y: Targets): { loss: number; gradients: Weight[] } {
  return scoped((scope) => {
    const batch = wholeBatch(core, scope, 'gradients', x, y);
    const loss = core.native.lossAndGradients(batch);
    return { loss, gradients: readGradients(core) };
  });
}

export function forwardTrace(core: Core, x: Inputs): LayerForward[] {
  const inputs = checkInputs('forwardTrace: x', x, core.features);
  return scoped((scope) => {
    const samples = place(scope, inputs);
    reserveWorkspace(core, inputs.rows);
    core.native.forward(samples);
    return core.layers.map((_, layer) => layerForward(core, layer, inputs.rows));
  });
}

export function backpropTrace(core: Core, x: Inputs, y: Targets): { loss: number; layers: LayerBackprop[] } {
  return scoped((scope) => {
    const batch = wholeBatch(core, scope, 'backpropTrace', x, y);
    const loss = core.native.lossAndGradients(batch);
    const grads = new Map(readGradients(core).map((weight) => [weight.name, weight]));
    const tensor = (name: string): Tensor | undefined => {
      const weight = grads.get(name);
      return weight && { shape: weight.shape, data: weight.data };
    };
    const layers = core.layers.map(({ name }, layer): LayerBackprop => {
      const kernelGrad = tensor(`${name}/kernel`) ?? tensor(`${name}/gamma`);
      const biasGrad = tensor(`${name}/bias`) ?? tensor(`${name}/beta`);
      return {
        ...layerForward(core, layer, batch.rows),
        delta: rowsOf(core, layer, batch.rows, core.native.delta(layer)),
        ...(kernelGrad && { kernelGrad }),
        ...(biasGrad && { biasGrad }),
      };
    });
    return { loss, layers };
  });
}

export function gradientCheck(
  core: Core,
  x: Inputs,
  y: Targets,
  options: { samples?: number },
): GradientCheck {
  const all = countTrainable(core);
  const { samples = all } = checkObject('gradientCheck: options', options, ['samples']);
  checkInteger('gradientCheck: samples', samples, 1);
  const units = core.layers.reduce((sum, layer) => sum + layer.units, outputsOf(core));
  // A copy of the gradient, the order of parameters, and twice an integer for every z and output, in vectors that grow.
  const more = (rows: number) => 8 * all + 2 * 3 * 4 * rows * units;
  return scoped((scope) => {
    const batch = wholeBatch(core, scope, 'gradientCheck', x, y, more);
    const { parameter, ...rest } = core.native.gradientCheck(batch, Math.min(samples, all), FLOOR_SHARE);
    const place = trainablePlaces(core).find(({ offset, length }) => parameter < offset + length)!;
    return { ...rest, weight: place.name, index: parameter - place.offset };
  });
}

export function gradientNorms(core: Core, x: Inputs, y: Targets): LayerGradientNorms[] {
  return scoped((scope) => {
    const batch = wholeBatch(core, scope, 'gradientNorms', x, y);
    const norms = core.native.gradientNorms(batch);
    return norms.map(({ delta, kernelGrad, biasGrad }, layer) => ({
      name: core.layers[layer]!.name,
      deltaNorm: delta,
      kernelGradNorm: kernelGrad,
      biasGradNorm: biasGrad,
    }));
  });
}

export function sharpness(
  core: Core,
  x: Inputs,
  y: Targets,
  options: { maxIterations?: number; tolerance?: number },
): Sharpness {
  checkObject('sharpness: options', options, ['maxIterations', 'tolerance']);
  const { maxIterations = 100, tolerance = 1e-4 } = options;
  checkInteger('sharpness: maxIterations', maxIterations, 1);
  checkNumber('sharpness: tolerance', tolerance, 0);
  const all = countTrainable(core);
  const units = core.layers.map((layer) => layer.units);
  // As much as a pass has in its layers, two matrices more, five vectors of parameters, and a matrix that grows.
  const more = (rows: number) =>
    4 * units.reduce((sum, width) => sum + 4 * rows * width + Math.max(rows, width), 0) +
    4 * (2 * rows * Math.max(...units) + 5 * all) +
    64 * Math.min(maxIterations, 4 * all);
  return scoped((scope) => {
    const batch = wholeBatch(core, scope, 'sharpness', x, y, more);
    const result = core.native.sharpness(batch, maxIterations, tolerance);
    return { ...result, learningRateBound: result.lambdaMax > 0 ? 2 / result.lambdaMax : Infinity };
  });
}

function layerForward(core: Core, layer: number, rows: number): LayerForward {
  return {
    name: core.layers[layer]!.name,
    z: rowsOf(core, layer, rows, core.native.z(layer)),
    a: rowsOf(core, layer, rows, core.native.a(layer)),
  };
}

function rowsOf(core: Core, layer: number, rows: number, pointer: Pointer): Tensor {
  const { units } = core.layers[layer] ?? { units: outputsOf(core) };
  return { shape: [rows, units], data: copyFloats(pointer, rows * units) };
}
