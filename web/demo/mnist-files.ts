/** The four files of MNIST: which part a file is, which are at hand, and whether the page's own server has them. */
import { MNIST_PARTS } from './training-messages.js';
import type { DataSource, FileContent, MnistPart } from './training-messages.js';

/** What is known of the files. */
export interface MnistFiles {
  /** Files that the visitor gave and that were found whole. */
  given: Partial<Record<MnistPart, { file: File; count: number }>>;
  /** Whether `data/` beside the page has them; undefined until asked. */
  served: boolean | undefined;
  /** What was wrong with the files given last. */
  error: string;
}

export const NO_FILES: MnistFiles = { given: {}, served: undefined, error: '' };

/** Names as MNIST's authors gave them, in `data/` with `.gz`. */
export const MNIST_NAMES: Record<MnistPart, string> = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

/** The part that a file of this name is, if it is one. Separators and endings vary from copy to copy. */
export function partOf(fileName: string): MnistPart | undefined {
  const name = fileName.toLowerCase();
  const training = /train/.test(name);
  if (!training && !/t10k|test/.test(name)) return undefined;
  if (/images|idx3/.test(name)) return training ? 'trainImages' : 'testImages';
  if (/labels|idx1/.test(name)) return training ? 'trainLabels' : 'testLabels';
  return undefined;
}

/** The files with these added, or with a sentence on what is wrong with them. */
export async function withFiles(
  known: MnistFiles,
  files: readonly File[],
  inspect: (file: File) => Promise<FileContent>,
): Promise<MnistFiles> {
  const given = { ...known.given };
  const errors: string[] = [];
  for (const file of files) {
    const part = partOf(file.name);
    if (!part) {
      errors.push(`${file.name} is none of the four files; their names are like ${MNIST_NAMES.trainImages}.gz.`);
      continue;
    }
    try {
      const { holds, count } = await inspect(file);
      const expected = part.endsWith('Images') ? 'images' : 'labels';
      if (holds !== expected) throw new Error(`it holds ${holds}, not ${expected}`);
      given[part] = { file, count };
    } catch (error) {
      errors.push(`${file.name} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  for (const kind of ['train', 'test'] as const) {
    const images = given[`${kind}Images`];
    const labels = given[`${kind}Labels`];
    if (images && labels && images.count !== labels.count) {
      const counts = `${images.count.toLocaleString('en')} and ${labels.count.toLocaleString('en')} digits`;
      errors.push(`${images.file.name} and ${labels.file.name} do not belong together: ${counts}.`);
      delete given[`${kind}Labels`];
    }
  }
  return { ...known, given, error: errors.join(' ') };
}

/** Asks the page's own server for the first file, without reading it. */
export async function isServed(): Promise<boolean> {
  try {
    const response = await fetch(servedUrl('trainImages'), { method: 'HEAD' });
    // A server that answers every path with a page is not one that has the files.
    return response.ok && !(response.headers.get('content-type') ?? '').startsWith('text/html');
  } catch {
    return false;
  }
}

function servedUrl(part: MnistPart): string {
  return new URL(`data/${MNIST_NAMES[part]}.gz`, document.baseURI).href;
}

/** The parts that are still missing from the visitor's own files. */
export function missingParts({ given }: MnistFiles): MnistPart[] {
  return MNIST_PARTS.filter((part) => !given[part]);
}

/** What a run on MNIST reads, when there is enough of it: the visitor's files, else the served ones. */
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
  return { kind: 'served', urls: Object.fromEntries(urls) as Record<MnistPart, string> };
}
