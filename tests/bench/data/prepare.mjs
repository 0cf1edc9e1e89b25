/**
 * Writes the files that every tool reads: the same samples in the same order, the same start weights.
 * Floats are little-endian float32, labels bytes.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUILD } from '../paths.mjs';
import { weightShapes, WORKS } from '../works/index.mjs';
import { spoilLabels, strokeDigits, withoutZeros } from './digits.mjs';
import { mnistFolder, readMnistFiles } from './mnist.mjs';
import { Random } from './random.mjs';

const SEED = 1986;
const ROWS = 12_800;
const VERSION = 4; // of the files made here: raise it to have old ones made anew

/** @returns the folder with the files, of kind 'synthetic' or 'mnist'. */
export function prepareData(kind) {
  const folder = path.join(BUILD, `data-${kind}-${VERSION}`);
  const done = path.join(folder, 'done');
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  const write = (name, array) => writeFileSync(path.join(folder, name), array);
  const random = new Random(SEED);

  const digits = kind === 'mnist' ? firstOfMnist() : strokeDigits(random, ROWS);
  spoilLabels(random, digits.y);
  write('digits.x', digits.x);
  write('digits.y', digits.y);
  write('dense.x', withoutZeros(random, digits.x));
  write('dense.y', digits.y);

  const plane = disc(random, 10_000);
  write('plane.x', plane.x);
  write('plane.y', plane.y);

  for (const work of WORKS.filter(({ kind: of }) => of === 'train')) {
    write(`${work.id}.weights`, startWeights(new Random(SEED + 1), work));
  }
  writeFileSync(done, '');
  return folder;
}

/** Adds MNIST's own files, as bytes, where it is to be had. @returns whether it is. */
export function prepareMnist(folder) {
  if (existsSync(path.join(folder, 'mnist.testY'))) return true;
  const mnist = mnistFolder();
  if (!mnist) return false;
  for (const [name, bytes] of Object.entries(readMnistFiles(mnist))) {
    writeFileSync(path.join(folder, `mnist.${name}`), bytes);
  }
  return true;
}

export function readFloats(folder, name) {
  const { buffer, byteOffset, byteLength } = readFileSync(path.join(folder, name));
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

export function readBytes(folder, name) {
  return new Uint8Array(readFileSync(path.join(folder, name)));
}

function firstOfMnist() {
  const { trainX, trainY } = readMnistFiles(mnistFolder());
  return { x: Float32Array.from(trainX.subarray(0, ROWS * 784), (byte) => byte / 255), y: trainY.slice(0, ROWS) };
}

/** Points of a square, labelled by whether they lie in a disc. */
function disc(random, count) {
  const x = Float32Array.from({ length: 2 * count }, () => random.uniform(-1, 1));
  const y = Uint8Array.from({ length: count }, (_, i) => Number(Math.hypot(x[2 * i], x[2 * i + 1]) < 0.7));
  spoilLabels(random, y, 2);
  return { x, y };
}

/** Kernels with the deviation of He (ReLU) or Glorot (tanh); small biases that are not zero, so that a slip shows. */
function startWeights(random, work) {
  const parts = weightShapes(work).map((shape) => {
    if (shape.length === 1) return Array.from({ length: shape[0] }, () => random.uniform(-0.05, 0.05));
    const [inputs, units] = shape;
    const deviation = work.hidden === 'relu' ? Math.sqrt(2 / inputs) : Math.sqrt(2 / (inputs + units));
    return Array.from({ length: inputs * units }, () => random.normal(deviation));
  });
  return Float32Array.from(parts.flat());
}
