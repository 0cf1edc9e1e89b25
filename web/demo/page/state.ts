/** Everything the page knows, in one object; `main.ts` makes the one store of it. */
import type { Stroke } from './drawing/strokes.js';
import type { MyDigit } from './my-digits/my-digit.js';
import type { Reading, Tiles } from './reading/look-inside.js';
import type { MnistFiles } from './settings/mnist-files.js';
import type { Fields } from './settings/settings.js';
import type { Store } from './store.js';
import type { Mistakes } from './training/judge.js';
import type { PastRun } from './training/past-runs.js';
import type { Portion } from './training/attempt.js';
import type { Run } from './training/run.js';

/** A network's answer, which network gave it, and to which drawing. */
export interface Answer extends Reading {
  by: 'pretrained' | 'trained';
  of: Uint8Array;
}

/** Kernels of the first layer, and whose they are. */
export interface Kernels extends Tiles {
  by: 'pretrained' | 'trained';
}

/** The digit that the page draws by itself on an empty pad, and the pretrained network's reading of it. */
export interface FirstDigit {
  strokes: readonly Stroke[];
  pixels?: Uint8Array | undefined;
  reading?: Reading | undefined;
}

export interface State {
  theme: 'light' | 'dark';
  /** The view that is shown, by its name in `views.ts`. */
  view: string;
  /** The lesson that is on, as the address names it. */
  lesson: string | undefined;
  /** Ready when the core and the pretrained network are loaded, so that drawings can be read. */
  reader: 'loading' | 'ready' | { error: string };
  fields: Fields;
  strokes: readonly Stroke[];
  /** A digit that was found in a picture, 784 grey levels: it stands on the pad until something is drawn. */
  found: Uint8Array | undefined;
  /** The drawing as a number, where it is of several digits. */
  number: string | undefined;
  /** True while a stroke is being drawn. */
  isDrawing: boolean;
  firstDigit: FirstDigit | undefined;
  /** The drawing as the network sees it, 784 grey levels; undefined when nothing is drawn. */
  pixels: Uint8Array | undefined;
  /** Units of each hidden layer of the network that answers. */
  hiddenUnits: readonly number[];
  answer: Answer | undefined;
  kernels: Kernels | undefined;
  mistakes: Mistakes | undefined;
  mnist: MnistFiles;
  run: Run;
  /** Runs that are over, newest first. */
  runs: readonly PastRun[];
  /** True if there is a run that Reset took away and that can be brought back. */
  canUndoReset: boolean;
  /** The amount that the last press made the network learn, where it can be undone. */
  undoable: Portion | undefined;
  /** Drawings that the visitor kept with their labels, oldest first. */
  myDigits: readonly MyDigit[];
  /** Set where they could not be written: the storage is full, or there is none. */
  myDigitsTrouble: 'full' | 'closed' | undefined;
  /** 0 while the pretrained network is as it came; another number after each time that it learned the visitor's hand. */
  hand: number;
  /** The status line; its language where that is not the one of the document. */
  status: { text: string; tone: 'plain' | 'error' };
}

export type PageStore = Store<State>;

/** True if the visitor has neither drawn anything nor put a digit from a picture on the pad. */
export function isBlank({ strokes, found }: Pick<State, 'strokes' | 'found'>): boolean {
  return strokes.length === 0 && found === undefined;
}
