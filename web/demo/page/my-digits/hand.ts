/**
 * "Learn my hand": teaches the network that answers in a worker of its own, compares on drawings held out, and can take
 * it back. What the pretrained network has learned is kept over a reload.
 */
import { generateDigits } from 'mlp-wasm/digits';
import type { RemoteMlp } from 'mlp-wasm/worker';
import type { Digits } from '../../shared/digit-work.js';
import { configsOf } from '../../shared/plain-layers.js';
import type { NetworkSnapshot } from '../reading/snapshot.js';
import { learn } from './learn.js';
import { digitsOf, split } from './my-digit.js';
import type { MyDigit } from './my-digit.js';

export type Weights = NetworkSnapshot['weights'];

/** Shares read rightly; of none there is none. */
export interface Shares {
  mine: number | undefined;
  others: number;
}

export interface Learned {
  network: NetworkSnapshot;
  weights: Weights;
  before: Shares;
  after: Shares;
  heldOut: number;
  others: number;
  seconds: number;
}

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
    const shares = async (weights: Weights): Promise<Shares> => ({
      mine: await accuracy(mlp, { ...network, weights }, mine),
      others: (await accuracy(mlp, { ...network, weights }, others))!,
    });
    const before = await shares(network.weights);
    const weights = await learn(mlp, { network, mine: digitsOf(learned), signal, onProgress });
    const after = await shares(weights);
    signal.throwIfAborted();
    const seconds = (performance.now() - began) / 1000;
    return { network, weights, before, after, heldOut: heldOut.length, others: OTHERS.count, seconds };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    mlp.terminate();
  }
}

/** The share of these digits that are read rightly. */
async function accuracy(
  mlp: RemoteMlp,
  { layers, weights }: NetworkSnapshot,
  { pixels, labels }: Digits,
): Promise<number | undefined> {
  if (labels.length === 0) return undefined;
  const model = await mlp.sequential({ layers: configsOf(layers) });
  await model.setWeights([...weights]);
  const outputs = await model.predict({ data: pixels, scale: 1 / 255 });
  await model.dispose();
  const units = layers.at(-1)!.units;
  let right = 0;
  labels.forEach((label, row) => {
    // An eleventh output, for what is no digit, is left out.
    const ten = outputs.subarray(row * units, row * units + 10);
    if (ten.indexOf(Math.max(...ten)) === label) right++;
  });
  return right / labels.length;
}
