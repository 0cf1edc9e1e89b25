/**
 * "Learn my hand": teaches the network that answers in a worker of its own, compares on drawings held out, and can take
 * it back. What the pretrained network has learned is kept over a reload.
 */
import { generateDigits } from 'mlp-wasm/digits';
import type { RemoteMlp } from 'mlp-wasm/worker';
import type { Digits } from '../../shared/digit-work.js';
import { configsOf } from '../../shared/plain-layers.js';
import type { LearnedWeights, NetworkSnapshot } from '../reading/snapshot.js';
import { learn } from './learn.js';
import { digitsOf, split } from './my-digit.js';
import type { MyDigit } from './my-digit.js';

export type Weights = NetworkSnapshot['weights'];

/** Shares read rightly; of none there is none. */
export interface Shares {
  mine: number | undefined;
  others: number;
}

export interface Learned extends LearnedWeights {
  network: NetworkSnapshot;
  before: Shares;
  after: Shares;
  heldOut: number;
  others: number;
  seconds: number;
}

const DIGITS = 10;

/** Generated digits that the network is compared on: none that it learns, trains or is validated with. */
const OTHERS = { count: 2000, seed: 61_803_398 };

/** @throws the signal's reason, when it aborts */
export async function learnHand(
  network: NetworkSnapshot,
  all: readonly MyDigit[],
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<Learned> {
  const began = performance.now();
  const { connect } = await import('mlp-wasm/worker');
  const mlp = await connect();
  // At once, even in the middle of a step.
  const end = (): void => mlp.terminate();
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    const { learned, heldOut } = split(all);
    const mine = digitsOf(heldOut);
    const { x, y } = await generateDigits(OTHERS);
    const others: Digits = {
      pixels: Uint8Array.from(x, (level) => Math.round(255 * level)),
      labels: new Uint8Array(y),
    };
    const units = network.layers.at(-1)!.units;
    const look = async (weights: Weights): Promise<{ shares: Shares; outputs: Float32Array }> => {
      const outputs = await outputsOf(mlp, { ...network, weights }, others);
      const own = heldOut.length > 0 ? await outputsOf(mlp, { ...network, weights }, mine) : undefined;
      const shares = { mine: own && accuracy(own, mine, units), others: accuracy(outputs, others, units) };
      return { shares, outputs };
    };
    const before = await look(network.weights);
    const weights = await learn(mlp, { network, mine: digitsOf(learned), signal, onProgress });
    const after = await look(weights);
    signal.throwIfAborted();
    const { refuseAbove: threshold } = network;
    return {
      network,
      weights,
      ...(threshold !== undefined && { refuseAbove: recalibrated(threshold, before.outputs, after.outputs) }),
      before: before.shares,
      after: after.shares,
      heldOut: heldOut.length,
      others: OTHERS.count,
      seconds: (performance.now() - began) / 1000,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    mlp.terminate();
  }
}

async function outputsOf(
  mlp: RemoteMlp,
  { layers, weights }: NetworkSnapshot,
  { pixels }: Digits,
): Promise<Float32Array> {
  const model = await mlp.sequential({ layers: configsOf(layers) });
  await model.setWeights([...weights]);
  const outputs = await model.predict({ data: pixels, scale: 1 / 255 });
  await model.dispose();
  return outputs;
}

/** The share of these digits that are read rightly; of `units` outputs, an eleventh is for what is no digit. */
function accuracy(outputs: Float32Array, { labels }: Digits, units: number): number {
  let right = 0;
  labels.forEach((label, row) => {
    const ten = outputs.subarray(row * units, row * units + DIGITS);
    if (ten.indexOf(Math.max(...ten)) === label) right++;
  });
  return right / labels.length;
}

/**
 * The threshold for other weights by which as many digits are refused as before: what the last output says of a digit
 * grows or shrinks with the weights.
 *
 * @param before outputs for digits, by the weights that `refuseAbove` belongs to
 * @param after outputs for the same digits, by the other weights
 */
export function recalibrated(refuseAbove: number, before: Float32Array, after: Float32Array): number {
  const doubts = (outputs: Float32Array): Float32Array => outputs.filter((_, i) => i % (DIGITS + 1) === DIGITS);
  const refused = doubts(before).filter((doubt) => doubt > refuseAbove).length;
  const sorted = doubts(after).sort();
  return sorted[Math.max(0, sorted.length - 1 - refused)]!;
}
