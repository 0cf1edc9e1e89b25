/** Digits as a run wants them: generated on the spot, or read from the files of MNIST. */
import { readIdx } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { MNIST_PARTS, PIXELS } from '../shared/digit-work.js';
import type { DataSource, Digits, DigitSplit, Doing, FileContent, MnistPart } from '../shared/digit-work.js';
import { HELD_OUT_FIRST, heldOutCount } from '../shared/held-out.js';
import { BadDigits } from './digit-fault.js';

/** Told what is being done, and how much of it; resolves when the work may go on. */
export type Progress = (doing: Doing, fraction: number) => Promise<void>;

/** Digits generated between two reports. */
const CHUNK = 500;

export function loadDigits(source: DataSource, progress: Progress): Promise<DigitSplit> {
  return source.kind === 'digits' ? generate(source.count, source.seed, progress) : readFiles(source, progress);
}

async function generate(count: number, seed: number, progress: Progress): Promise<DigitSplit> {
  const total = count + heldOutCount(count);
  const doing: Doing = { doing: 'making', count: total };
  const split = { training: emptySet(count), heldOut: emptySet(total - count) };
  let made = 0;
  for (const [set, begin] of [
    [split.training, 0],
    [split.heldOut, HELD_OUT_FIRST],
  ] as const) {
    const rows = set.labels.length;
    for (let row = 0; row < rows; row += CHUNK) {
      await progress(doing, made / total);
      const size = Math.min(CHUNK, rows - row);
      const { x, y } = await generateDigits({ count: size, seed, first: begin + row });
      // The generator's levels are bytes over 255; rounding brings back the very bytes.
      for (let i = 0, to = row * PIXELS; i < x.length; i++, to++) set.pixels[to] = Math.round(255 * x[i]!);
      set.labels.set(y, row);
      made += size;
    }
  }
  return split;
}

function emptySet(count: number): Digits {
  return { pixels: new Uint8Array(count * PIXELS), labels: new Uint8Array(count) };
}

async function readFiles(source: Exclude<DataSource, { kind: 'digits' }>, progress: Progress): Promise<DigitSplit> {
  const read = {} as Record<MnistPart, Uint8Array<ArrayBuffer>>;
  for (const [i, part] of MNIST_PARTS.entries()) {
    await progress({ doing: 'reading' }, i / MNIST_PARTS.length);
    const bytes = source.kind === 'files' ? await bytesOf(source.files[part]) : await download(source.urls[part]);
    const { shape, data } = await readIdx(bytes);
    const features = data.length / shape[0]!;
    const expected = part.endsWith('Images') ? PIXELS : 1;
    if (!(data instanceof Uint8Array) || features !== expected) {
      throw new BadDigits({ fault: 'features', found: features });
    }
    read[part] = data as Uint8Array<ArrayBuffer>;
  }
  const { trainImages, trainLabels, testImages, testLabels } = read;
  if (Math.max(...classesIn(trainLabels), ...classesIn(testLabels)) > 9) {
    throw new BadDigits({ fault: 'beyond 9' });
  }
  return {
    training: { pixels: trainImages, labels: trainLabels },
    heldOut: { pixels: testImages, labels: testLabels },
  };
}

function classesIn(labels: Uint8Array): Set<number> {
  return new Set(labels);
}

/**
 * The content of a file of MNIST's format.
 *
 * @throws {BadDigits} saying what is wrong with it.
 */
export async function contentOf(file: Blob): Promise<FileContent> {
  const bytes = await bytesOf(file);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isIdx = bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 && (bytes[3] === 1 || bytes[3] === 3);
  if (!isGzip && !isIdx) throw new BadDigits({ fault: 'foreign' });
  try {
    const { shape } = await readIdx(bytes);
    if (shape.length === 1) return { holds: 'labels', count: shape[0]! };
    if (shape.length === 3 && shape[1] === 28 && shape[2] === 28) return { holds: 'images', count: shape[0]! };
    throw new BadDigits({ fault: 'not 28 × 28' });
  } catch (error) {
    if (error instanceof BadDigits) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (/truncated/.test(message)) throw new BadDigits({ fault: 'truncated' });
    if (/left after/.test(message)) throw new BadDigits({ fault: 'too long' });
    throw new BadDigits({ fault: isGzip ? 'packed' : 'damaged' });
  }
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new BadDigits({ fault: 'answered', url, status: response.status });
  return new Uint8Array(await response.arrayBuffer());
}
