/** All that the steps have in common: the numbers they show, and pictures and lists of them. */
import type { NetworkSnapshot } from '../../reading/snapshot.js';
import type { Place, Reading, Trace } from '../../specimen/specimen.js';
import type { Words } from '../../words/words.js';
import { largest } from '../parts/largest.js';
import type { Piece } from '../parts/mathml.js';
import type { UnitNames } from '../parts/names.js';
import { number } from '../parts/numbers.js';
import type { PictureSpec } from '../parts/picture.js';
import type { Symbols } from './notations.js';

export interface Scene {
  trace: Trace;
  layers: NetworkSnapshot['layers'];
  /** Of the pixel and of each layer's unit: see `pathOf`. */
  path: readonly number[];
  rate: number;
  symbols: Symbols;
  names: UnitNames;
  words: Words['steps'];
  /** Chooses units: entry 0 the pixel, entry l + 1 the unit of layer l. */
  choose(units: Record<number, number>): void;
}

export interface Entry {
  name: string;
  value: number;
  choose(): void;
}

export interface Content {
  text: string;
  equations: Piece[][];
  pictures: PictureSpec[];
  /** Name of the unit or weight that is worked out. */
  subject: string;
  worked: Node[];
  most: Entry[];
  check: { of: Piece; analytic: number; place: Place; reading: Reading };
}

/** The content of a step but for its equations. */
export type Substance = Omit<Content, 'equations'>;

/** Entries in a list of the largest. */
export const MOST = 5;

/** A picture of one number for each unit of a layer, of which one can be chosen. */
export function picture(
  scene: Scene,
  layer: number,
  title: string,
  values: Float32Array,
  more: Partial<PictureSpec> = {},
): PictureSpec {
  const { names, path, choose } = scene;
  const labels = names.labels(layer, values.length);
  return {
    title,
    values,
    kind: 'signed',
    selected: path[layer + 1],
    describe: (unit) => `${names.of(layer, unit)}: ${number(values[unit]!)}`,
    select: (unit) => choose({ [layer + 1]: unit }),
    ...(labels && { labels }),
    ...more,
  };
}

export function inputPicture(scene: Scene, title: string): PictureSpec {
  return picture(scene, -1, title, scene.trace.x, { kind: 'ink', largest: 1 });
}

/** The largest entries of one number for each unit of a layer. */
export function most({ names, choose }: Scene, layer: number, values: Float32Array): Entry[] {
  return largest(values, MOST).map((unit) => ({
    name: names.of(layer, unit),
    value: values[unit]!,
    choose: () => choose({ [layer + 1]: unit }),
  }));
}

/** The output as it ought to be: 1 for the target. */
export function wanted({ trace }: Scene): Float32Array {
  return trace.layers.at(-1)!.a.map((_, j) => (j === trace.target ? 1 : 0));
}
