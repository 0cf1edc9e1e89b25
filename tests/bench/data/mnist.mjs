/** Real MNIST, from MNIST_DIR or ../shared/mnist beside the project: four gzipped IDX files. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ROOT } from '../paths.mjs';

const FILES = {
  trainX: 'train-images-idx3-ubyte.gz',
  trainY: 'train-labels-idx1-ubyte.gz',
  testX: 't10k-images-idx3-ubyte.gz',
  testY: 't10k-labels-idx1-ubyte.gz',
};

/** The folder that has all four files, or undefined. */
export function mnistFolder() {
  const places = [process.env.MNIST_DIR, path.join(ROOT, '../shared/mnist')].filter(Boolean);
  return places.find((folder) => Object.values(FILES).every((file) => existsSync(path.join(folder, file))));
}

/** Bytes of images (rows × 784) and labels. */
export function readMnistFiles(folder) {
  const entries = Object.entries(FILES).map(([key, file]) => {
    const bytes = gunzipSync(readFileSync(path.join(folder, file)));
    return [key, new Uint8Array(bytes.subarray(4 + 4 * bytes[3]))]; // byte 3 holds the number of dimensions
  });
  return Object.fromEntries(entries);
}
