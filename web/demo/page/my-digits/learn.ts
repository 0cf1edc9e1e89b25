/**
 * Fine-tunes a copy of a network on drawings of one hand, mixed with what it could read before, so that it does not
 * forget: generated digits and heaps of ink that are no digits, for which the network's own answers are the targets
 * (Li & Hoiem 2017, "Learning without Forgetting").
 */
import type { Weight } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import type { RemoteMlp } from 'mlp-wasm/worker';
import { PIXELS } from '../../shared/digit-work.js';
import type { Digits } from '../../shared/digit-work.js';
import { configsOf } from '../../shared/plain-layers.js';
import type { NetworkSnapshot } from '../reading/snapshot.js';

type Weights = Pick<Weight, 'shape' | 'data'>[];

export interface Lesson {
  network: NetworkSnapshot;
  /** Drawings to learn from. */
  mine: Digits;
  seed?: number;
  signal?: AbortSignal;
  /** Hears how much is done, in [0, 1]. */
  onProgress?: (fraction: number) => void;
}

/** Generated digits that are learned beside the drawings, and images made of them that are no digits. */
const REHEARSED = 12000;
const NO_DIGITS = 3000;
/** Changed copies of the drawings, about, and of each of them at most: more would be learned at the cost of all else. */
const COPIES = 1000;
const COPIES_AT_MOST = 60;
const EPOCHS = 2;
const BATCH = 64;
const LEARNING_RATE = 2e-4;
/** How differently a hand writes the same digit again. */
const AGAIN = {
  height: 28,
  width: 28,
  rotation: 7,
  shear: 8,
  scale: [0.9, 1.1],
  shift: 1,
  elastic: { alpha: 24, sigma: 4.5 },
} as const;
/** Digits made between two turns of the page. */
const CHUNK = 250;

/**
 * @returns the weights after learning, in the order of `network.weights`
 * @throws the signal's reason, when it aborts
 */
export async function learn(mlp: RemoteMlp, lesson: Lesson): Promise<Weights> {
  const { network, mine, seed = 1, signal, onProgress } = lesson;
  const outputs = network.layers.at(-1)!.units;
  const rehearsal = await rehearse(seed, signal);
  onProgress?.(0.05);
  const model = await mlp.sequential({ seed, layers: configsOf(network.layers) });
  try {
    await model.setWeights([...network.weights]);
    const known = await model.predict({ data: rehearsal, scale: 1 / 255 });
    const copies = Math.min(COPIES_AT_MOST, Math.ceil(COPIES / mine.labels.length));
    const old = rehearsal.length / PIXELS;
    const rows = old + copies * mine.labels.length;
    const x = new Float32Array(rows * PIXELS);
    rehearsal.forEach((level, i) => (x[i] = level / 255));
    const drawn = Float32Array.from(mine.pixels, (level) => level / 255);
    const y = new Float32Array(rows * outputs);
    y.set(known);
    for (let copy = 0, row = old; copy < copies; copy++) {
      // The first copy is the drawing as it is.
      x.set(copy === 0 ? drawn : await mlp.augment(drawn, { ...AGAIN, seed, pass: copy }), row * PIXELS);
      for (const label of mine.labels) y[outputs * row++ + label] = 1;
      signal?.throwIfAborted();
    }
    onProgress?.(0.15);
    await model.compile({
      optimizer: { name: 'adam', learningRate: LEARNING_RATE },
      loss: 'categoricalCrossentropy',
      metrics: [],
    });
    const batches = Math.ceil(rows / BATCH);
    await model.fit(x, y, {
      epochs: EPOCHS,
      batchSize: BATCH,
      yieldEvery: 50,
      ...(signal && { signal }),
      callbacks: {
        onYield: (epoch, batch) => onProgress?.(0.15 + (0.85 * (epoch + batch / batches)) / EPOCHS),
      },
    });
    signal?.throwIfAborted();
    return await model.getWeights();
  } finally {
    void model.dispose().catch(() => undefined);
  }
}

/** Generated digits, then images of theirs that are no digits; rows × 784 grey levels. */
async function rehearse(seed: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const x = new Uint8Array((REHEARSED + NO_DIGITS) * PIXELS);
  for (let row = 0; row < REHEARSED; row += CHUNK) {
    const made = await generateDigits({ count: CHUNK, seed, first: row });
    made.x.forEach((level, i) => (x[row * PIXELS + i] = Math.round(255 * level)));
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
  }
  const digit = (i: number): Uint8Array => x.subarray(i * PIXELS, (i + 1) * PIXELS);
  for (let i = 0; i < NO_DIGITS; i++) {
    const [one, other] = [digit(2 * (i % (REHEARSED / 2))), digit(2 * (i % (REHEARSED / 2)) + 1)];
    x.set(noDigit(one, other, i % 3), (REHEARSED + i) * PIXELS);
  }
  return x;
}

/** Two digits upon each other, the halves of two, or one that lies on its side and in the mirror. */
function noDigit(one: Uint8Array, other: Uint8Array, way: number): Uint8Array {
  return Uint8Array.from(one, (level, i) => {
    if (way === 0) return Math.max(level, other[i]!);
    if (way === 1) return i < PIXELS / 2 ? level : other[PIXELS - 1 - i]!;
    return one[28 * (i % 28) + Math.floor(i / 28)]!;
  });
}
