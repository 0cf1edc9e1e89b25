/** The four files of MNIST: which part a file is, which are at hand, and whether the page's own server has them. */
import { MNIST_PARTS } from '../../shared/digit-work.js';
import type { DataSource, FileContent, MnistPart } from '../../shared/digit-work.js';
import { words } from '../words/first-view.js';
import { whole } from '../words/numbers.js';

interface GivenFile {
  file: File;
  count: number;
}

/** State of the files. */
export interface MnistFiles {
  /** Files that the visitor gave and that were found whole. */
  given: { [Part in MnistPart]?: GivenFile | undefined };
  /** True if `data/` beside the page has them, as the build of the page recorded. */
  served: boolean;
  /** A sentence on the fault of the files given last. */
  error: string;
}

/** Names as MNIST's authors gave them, in `data/` with `.gz`. */
export const MNIST_NAMES: Record<MnistPart, string> = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

export function noFiles(): MnistFiles {
  return { given: {}, served: document.documentElement.dataset['mnist'] === 'served', error: '' };
}

/** Digits of MNIST's test files. */
const TEST_COUNT = 10_000;

/**
 * Puts a file where it belongs: images or labels by its content, for training or testing by its name where that says
 * so, else by how many there are.
 */
function place(given: MnistFiles['given'], file: File, { holds, count }: FileContent): void {
  const [training, testing] =
    holds === 'images' ? (['trainImages', 'testImages'] as const) : (['trainLabels', 'testLabels'] as const);
  const added = { file, count };
  const other = given[training];
  if (/train/i.test(file.name)) given[training] = added;
  else if (/t10k|test/i.test(file.name) || count === TEST_COUNT) given[testing] = added;
  else if (!other || other.count === count) given[training] = added;
  else if (other.count > count) given[testing] = added;
  else [given[training], given[testing]] = [added, other];
}

/** The files with these added, or with a sentence on what is wrong with them; `taken` counts what was of use. */
export async function withFiles(
  known: MnistFiles,
  files: readonly File[],
  inspect: (file: File) => Promise<FileContent>,
): Promise<MnistFiles & { taken: number }> {
  const given = { ...known.given };
  const errors: string[] = [];
  let taken = 0;
  for (const file of files) {
    try {
      place(given, file, await inspect(file));
      taken++;
    } catch (error) {
      errors.push(`${file.name} ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const kind of ['train', 'test'] as const) {
    const images = given[`${kind}Images`];
    const labels = given[`${kind}Labels`];
    if (images && labels && images.count !== labels.count) {
      const counts = [whole(images.count), whole(labels.count)] as const;
      errors.push(words.mnist.apart(images.file.name, labels.file.name, counts));
      given[`${kind}Labels`] = undefined;
    }
  }
  return { ...known, given, error: errors.join(' '), taken };
}

function servedUrl(part: MnistPart): string {
  return new URL(`data/${MNIST_NAMES[part]}.gz`, document.baseURI).href;
}

/** The parts that are still missing from the visitor's own files. */
export function missingParts({ given }: Pick<MnistFiles, 'given'>): MnistPart[] {
  return MNIST_PARTS.filter((part) => !given[part]);
}

/** Files for a run on MNIST, if all are there: the visitor's, else the served ones. */
export function mnistSource(files: MnistFiles): DataSource | undefined {
  if (missingParts(files).length === 0) {
    const parts = MNIST_PARTS.map((part) => [part, files.given[part]!.file] as const);
    return {
      kind: 'files',
      key: parts.map(([, { name, size, lastModified }]) => `${name} ${size} ${lastModified}`).join('; '),
      files: Object.fromEntries(parts) as Record<MnistPart, File>,
    };
  }
  if (!files.served) return undefined;
  const urls = MNIST_PARTS.map((part) => [part, servedUrl(part)] as const);
  return { kind: 'served', key: 'served', urls: Object.fromEntries(urls) as Record<MnistPart, string> };
}
