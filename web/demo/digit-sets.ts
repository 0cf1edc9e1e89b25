/** Where a run's digits come from: generated on the spot, or the files of MNIST. Used by the training worker. */
import { readMnist } from 'mlp-wasm';
import type { DigitSet } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { MNIST_PARTS } from './training-messages.js';
import type { DataSource, MnistPart } from './training-messages.js';

/** Digits to train on, and others to validate on. */
export interface DigitSplit {
  training: DigitSet;
  heldOut: DigitSet;
}

/** Told what is being done, and how much of it; resolves to false when the work is no longer wanted. */
export type Progress = (doing: string, fraction: number) => Promise<boolean>;

/** Held-out digits are generated from here on: far behind any that are trained on. */
const HELD_OUT_FIRST = 1_000_000_000;
/** Digits generated between two looks at the clock. */
const CHUNK = 500;

/** The set that was loaded last, under the name of its source. */
let kept: { name: string; split: DigitSplit } | undefined;

/** The digits of `source`, or nothing when `progress` calls it off. */
export async function loadDigits(source: DataSource, progress: Progress): Promise<DigitSplit | undefined> {
  const name = JSON.stringify(source.kind === 'files' ? source.key : source);
  if (kept?.name === name) return kept.split;
  kept = undefined; // Two sets at once may not fit into memory.
  const split = await (source.kind === 'digits'
    ? generate(source.count, source.seed, progress)
    : readFiles(source, progress));
  if (split) kept = { name, split };
  return split;
}

/** How many digits a run on `count` generated ones is validated on. */
function heldOutCount(count: number): number {
  return Math.min(10_000, Math.max(500, Math.round(count / 10)));
}

async function generate(count: number, seed: number, progress: Progress): Promise<DigitSplit | undefined> {
  const total = count + heldOutCount(count);
  const doing = `Making ${total.toLocaleString('en')} digits`;
  const split = { training: emptySet(count), heldOut: emptySet(total - count) };
  let made = 0;
  for (const [set, begin] of [
    [split.training, 0],
    [split.heldOut, HELD_OUT_FIRST],
  ] as const) {
    for (let row = 0; row < set.count; row += CHUNK) {
      if (!(await progress(doing, made / total))) return undefined;
      const size = Math.min(CHUNK, set.count - row);
      const chunk = await generateDigits({ count: size, seed, first: begin + row });
      set.x.set(chunk.x, row * set.features);
      set.y.set(chunk.y, row);
      made += size;
    }
  }
  return split;
}

function emptySet(count: number): DigitSet {
  return { x: new Float32Array(count * 784), y: new Uint8Array(count), count, features: 784 };
}

async function readFiles(
  source: Exclude<DataSource, { kind: 'digits' }>,
  progress: Progress,
): Promise<DigitSplit | undefined> {
  const doing = 'Reading MNIST';
  const bytes = {} as Record<MnistPart, Uint8Array>;
  for (const [i, part] of MNIST_PARTS.entries()) {
    if (!(await progress(doing, i / 8))) return undefined;
    bytes[part] = source.kind === 'files' ? await bytesOf(source.files[part]) : await download(source.urls[part]);
  }
  if (!(await progress(doing, 0.5))) return undefined;
  const training = await readMnist({ images: bytes.trainImages, labels: bytes.trainLabels });
  if (!(await progress(doing, 0.9))) return undefined;
  const heldOut = await readMnist({ images: bytes.testImages, labels: bytes.testLabels });
  for (const { features } of [training, heldOut]) {
    if (features !== 784) throw new RangeError(`The images have ${features} pixels; this page reads 28 × 28.`);
  }
  return { training, heldOut };
}

export async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}
