/**
 * Messages between the page and the worker that makes digits: one worker for one piece of work, which the page ends by
 * ending the worker. Types and names only: nothing here may import the package.
 */

/** Grey levels of one image, 28 × 28. */
export const PIXELS = 784;

/** Images as bytes, count × 784 grey levels, and the class of each. */
export interface Digits {
  pixels: Uint8Array<ArrayBuffer>;
  labels: Uint8Array<ArrayBuffer>;
}

/** Digits to train on, and others to validate on. */
export interface DigitSplit {
  training: Digits;
  heldOut: Digits;
}

/** The four files of MNIST by their part. */
export const MNIST_PARTS = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;
export type MnistPart = (typeof MNIST_PARTS)[number];

/** Source of the digits of a run. `key` names the set. */
export type DataSource =
  | { kind: 'digits'; key: string; count: number; seed: number }
  | { kind: 'files'; key: string; files: Record<MnistPart, Blob> }
  | { kind: 'served'; key: string; urls: Record<MnistPart, string> };

/** Content of an IDX file. */
export interface FileContent {
  holds: 'images' | 'labels';
  count: number;
}

/** From the page: the work, once; then `go` after every `progress`, as soon as the work may go on. */
export type ToWorker = { kind: 'load'; source: DataSource } | { kind: 'inspect'; file: Blob } | { kind: 'go' };

/** The work that takes a while: so many digits are made, or the files of MNIST are read. */
export type Doing = { doing: 'making'; count: number } | { doing: 'reading' };

/** Reason why there are no digits, by name, so that the page can tell it in the visitor's language. */
export type DigitFault =
  | { fault: 'foreign' | 'not 28 × 28' | 'truncated' | 'too long' | 'packed' | 'damaged' | 'beyond 9' }
  | { fault: 'features'; found: number }
  | { fault: 'answered'; url: string; status: number }
  /** In the words of the browser or of the package. */
  | { fault: 'other'; text: string };

/** From the worker: progress, and at the end one of the others. */
export type FromWorker =
  | { kind: 'progress'; doing: Doing; fraction: number }
  | { kind: 'digits'; split: DigitSplit }
  | { kind: 'content'; content: FileContent }
  | { kind: 'failure'; fault: DigitFault };
