/**
 * A slice of the loss through the space of the weights. Where a training has left a path, the slice goes along the first two
 * principal components of the path's moments as seen from its end (Li et al. 2018, "Visualizing the Loss Landscape of
 * Neural Nets", §7); else along two random directions whose filters are as long as the network's (§4).
 */
import type { Sequential, Weight } from 'mlp-wasm';
import { flat } from '../../shared/flat-weights.js';
import type { Digits } from '../../shared/digit-work.js';
import type { Moment, Surface, SurfaceWork } from '../../shared/inside-work.js';
import type { PlainNetwork } from '../../shared/model-work.js';
import { denseAlone } from '../../shared/dense-alone.js';
import { modelOf } from '../plain-network.js';
import { principalComponents } from './principal-components.js';

/** Room around the path, as a share of its reach to either side. */
const ROOM = 0.4;
/** Moments of which two directions can be told, and the share of the second one below which they lie in a line. */
const MOMENTS_AT_LEAST = 3;
const IN_A_LINE = 1e-6;
const SEED = 1;

/** @param onProgress hears how much is done, in [0, 1] */
export async function surfaceOf(
  { network, moments: raw, epoch, steps }: Pick<SurfaceWork, 'network' | 'moments' | 'epoch' | 'steps'>,
  { pixels, labels }: Digits,
  onProgress: (fraction: number) => void,
): Promise<Surface> {
  const x = Float32Array.from(pixels, (level) => level / 255);
  // All of them folded alike, because moving averages of a batch normalisation are no directions to go along.
  const { layers, weights } = folded(network);
  const moments = raw.map((moment) => {
    const then = folded({ layers: network.layers, weights: shaped(moment.weights, network.weights) });
    return { epoch: moment.epoch, weights: flat(then.weights) };
  });
  const model = modelOf({ layers, weights });
  try {
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: [] });
    const lossAt = (there: Float32Array): number => {
      model.setWeights(shaped(there, weights));
      return model.evaluate(x, labels)['loss'];
    };
    const end = flat(weights);
    const last = { epoch, loss: lossAt(end) };
    const plane = planeOf(moments, end);
    const told = { steps, count: labels.length };
    const options = { steps, onProgress: (done: number, total: number) => onProgress(done / total) };
    if (!plane) {
      const { loss } = await model.lossSurface(x, labels, { ...options, directions: 2, seed: SEED });
      return {
        ...told,
        along: 'random',
        loss,
        middle: [0, 0],
        reach: 1,
        held: [0, 0],
        path: [{ ...last, x: 0, y: 0 }],
      };
    }
    const path = moments.map((moment, i) => ({
      epoch: moment.epoch,
      loss: lossAt(moment.weights),
      x: plane.places[0][i]!,
      y: plane.places[1][i]!,
    }));
    const loss = await sliceOf(model, weights, end, plane, { x, labels, ...options });
    const { middle, reach, held } = plane;
    return { ...told, along: 'path', loss, middle, reach, held, path: [...path, { ...last, x: 0, y: 0 }] };
  } finally {
    model.dispose();
  }
}

interface Plane {
  /** Of length 1. */
  directions: [Float64Array, Float64Array];
  /** The place of each moment along each, from the end of the path. */
  places: [Float64Array, Float64Array];
  middle: [number, number];
  /** From the middle to either side: the same along both, so that lengths can be compared. */
  reach: number;
  held: [number, number];
}

/** The plane of a path, in which it goes from the left to the right; undefined where it is too short to tell one. */
function planeOf(moments: readonly Moment[], end: Float32Array): Plane | undefined {
  if (moments.length < MOMENTS_AT_LEAST) return undefined;
  const centred = new Float32Array(moments.length * end.length);
  moments.forEach(({ weights }, i) => {
    for (let j = 0, to = i * end.length; j < end.length; j++, to++) centred[to] = weights[j]! - end[j]!;
  });
  const { directions, coordinates, shares } = principalComponents(centred, end.length, 2);
  if (!(shares[1]! > IN_A_LINE)) return undefined;
  const sides = coordinates.map((places, axis) => {
    // To the right, the end beyond the beginning; upwards, what the path goes by.
    const sign = (axis === 0 ? places[0]! : -places.reduce((sum, value) => sum + value, 0)) > 0 ? -1 : 1;
    return { sign, places: places.map((value) => sign * value) };
  }) as [{ sign: number; places: Float64Array }, { sign: number; places: Float64Array }];
  const spans = sides.map(({ places }) => [Math.min(0, ...places), Math.max(0, ...places)] as const);
  const middle = spans.map(([low, high]) => (low + high) / 2) as [number, number];
  const reach = (1 + ROOM) * Math.max(...spans.map(([low, high]) => (high - low) / 2));
  return {
    directions: sides.map(({ sign }, axis) => directions[axis]!.map((value) => sign * value)) as Plane['directions'],
    places: [sides[0].places, sides[1].places],
    middle,
    reach,
    held: [shares[0]!, shares[1]!],
  };
}

async function sliceOf(
  model: Sequential,
  shapes: Shapes,
  end: Float32Array,
  { directions, middle, reach }: Plane,
  { x, labels, ...options }: { x: Float32Array; labels: Uint8Array; steps: number; onProgress: Progress },
): Promise<Float64Array> {
  const centre = end.map((value, j) => value + middle[0] * directions[0][j]! + middle[1] * directions[1][j]!);
  model.setWeights(shaped(centre, shapes));
  const scaled = directions.map((direction) =>
    shaped(
      Float32Array.from(direction, (value) => reach * value),
      shapes,
    ),
  );
  return (await model.lossSurface(x, labels, { ...options, directions: scaled, normalize: false })).loss;
}

/** The same network of dense layers alone, without penalties, which are no part of this loss. */
function folded(network: PlainNetwork): PlainNetwork {
  const alone = denseAlone(network);
  if (!alone) throw new TypeError('a layer normalisation is no part of weights');
  return alone;
}

type Progress = (done: number, total: number) => void;
type Shapes = readonly Pick<Weight, 'shape' | 'data'>[];

/** The inverse of `flat`. */
function shaped(all: Float32Array, shapes: Shapes): Pick<Weight, 'shape' | 'data'>[] {
  let from = 0;
  return shapes.map(({ shape, data }) => {
    const begin = from;
    from += data.length;
    return { shape, data: all.subarray(begin, from) };
  });
}
