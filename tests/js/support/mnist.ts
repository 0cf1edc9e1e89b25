/**
 * The real MNIST files, for tests and benchmarks that want them: the project does not hold them. They are
 * looked for in the folder that the environment names as MNIST_DIR, then in `../shared/mnist` as seen from
 * the repository, under their original names, with or without `.gz`.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readMnist } from '../../../web/src/data/idx.js';
import type { DigitSet } from '../../../web/src/data/digits.js';

/** Paths of the four files. */
export interface MnistPaths {
  trainImages: string;
  trainLabels: string;
  testImages: string;
  testLabels: string;
}

/** Paths of the files; undefined unless all four are in one folder. */
export function findMnist(): MnistPaths | undefined {
  const beside = fileURLToPath(new URL('../../../../shared/mnist', import.meta.url));
  for (const folder of [process.env['MNIST_DIR'], beside]) {
    if (!folder) continue;
    const find = (name: string) => [join(folder, `${name}.gz`), join(folder, name)].find((path) => existsSync(path));
    const trainImages = find('train-images-idx3-ubyte');
    const trainLabels = find('train-labels-idx1-ubyte');
    const testImages = find('t10k-images-idx3-ubyte');
    const testLabels = find('t10k-labels-idx1-ubyte');
    if (trainImages && trainLabels && testImages && testLabels) {
      return { trainImages, trainLabels, testImages, testLabels };
    }
  }
  return undefined;
}

/**
 * Training set (60,000 digits) and test set (10,000), features 784, grey levels in [0, 1].
 *
 * @throws Error if {@link findMnist} finds nothing: ask it first, and skip
 */
export async function loadMnist(): Promise<{ train: DigitSet; test: DigitSet }> {
  const paths = findMnist();
  if (paths === undefined) throw new Error('MNIST not found: set MNIST_DIR to the folder of its four files');
  const load = async (images: string, labels: string) =>
    readMnist({ images: await readFile(images), labels: await readFile(labels) });
  return {
    train: await load(paths.trainImages, paths.trainLabels),
    test: await load(paths.testImages, paths.testLabels),
  };
}
