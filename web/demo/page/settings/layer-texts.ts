/**
 * Hidden layers as texts. The units of all stand in one field, "128, 64", and their activation in another; in `layers`
 * stands, readable in an address, how single ones differ: "1_relu_dropout_0.2 2_batch_l2_0.001_heNormal".
 */
import type { ActivationName } from 'mlp-wasm';
import type { PlainLayer } from '../../shared/plain-layers.js';
import { layerWords as words } from '../words/layers.js';
import { HIDDEN_ACTIVATIONS, INITIALIZERS } from './choices.js';
import { decimal, fail } from './read-field.js';

/** The ways in which a hidden layer differs; an activation is there only where it is not that of all. */
export type LayerDifference = Partial<Omit<PlainLayer, 'units'>>;
/** By the number of the layer, from 1. */
export type Differences = Readonly<Record<number, LayerDifference>>;

/** The texts by which a layer differs; all empty where it does not. */
export interface LayerTexts {
  activation: string;
  normalization: string;
  dropout: string;
  l1: string;
  l2: string;
  initializer: string;
}
export type LayerKey = keyof LayerTexts;

const NORMALIZATIONS = ['batch', 'layer'] as const;
/** Words that a number follows. */
const NUMBERS = ['dropout', 'l1', 'l2'] as const;
const PENALTY_AT_MOST = 10;

export function noTexts(): LayerTexts {
  return { activation: '', normalization: '', dropout: '', l1: '', l2: '', initializer: '' };
}

/** Reads the value of one text of a layer; undefined for an empty one. */
const READ: { readonly [Key in LayerKey]: (text: string) => PlainLayer[Key] | undefined } = {
  activation: (text) => HIDDEN_ACTIVATIONS.find((name) => name === text),
  normalization: (text) => NORMALIZATIONS.find((name) => name === text),
  dropout: (text) => {
    const value = text === '' ? 0 : decimal(text);
    return value >= 0 && value < 1 ? value || undefined : fail(words.dropout);
  },
  l1: penalty,
  l2: penalty,
  initializer: (text) => INITIALIZERS.find((name) => name === text),
};

function penalty(text: string): number | undefined {
  const value = text === '' ? 0 : decimal(text);
  return value >= 0 && value <= PENALTY_AT_MOST ? value || undefined : fail(words.penalty(PENALTY_AT_MOST));
}

/** @throws FieldError */
export function readLayerText<Key extends LayerKey>(key: Key, text: string): PlainLayer[Key] | undefined {
  return READ[key](text);
}

/** The texts of each layer that the text of the field `layers` names, and the words in it that mean nothing. */
export function layerTexts(text: string): { each: Map<number, LayerTexts>; unknown: string[] } {
  const each = new Map<number, LayerTexts>();
  const unknown: string[] = [];
  for (const part of text.split(/[\s;]+/).filter(Boolean)) {
    const [number, ...rest] = part.split('_');
    if (!/^[1-9]$/.test(number!)) {
      unknown.push(part);
      continue;
    }
    const texts = each.get(Number(number)) ?? noTexts();
    each.set(Number(number), texts);
    for (let i = 0; i < rest.length; i++) {
      const word = rest[i]!;
      const key = NUMBERS.find((name) => name === word);
      if (key) texts[key] = rest[++i] ?? '?';
      else if (READ.activation(word)) texts.activation = word;
      else if (READ.normalization(word)) texts.normalization = word;
      else if (READ.initializer(word)) texts.initializer = word;
      else unknown.push(word);
    }
  }
  return { each, unknown };
}

/** The text of the field `layers`, by the number of each layer. */
export function textOfLayers(each: ReadonlyMap<number, LayerTexts>): string {
  // A text must not end where it would be cut.
  const plain = (text: string): string => text.replace(/[\s_;]/g, '');
  return [...each]
    .sort(([a], [b]) => a - b)
    .flatMap(([number, texts]) => {
      const named = NUMBERS.flatMap((key) => (plain(texts[key]) ? [key, plain(texts[key])] : []));
      const parts = [texts.activation, texts.normalization, ...named, texts.initializer].filter(Boolean);
      return parts.length > 0 ? [[number, ...parts].join('_')] : [];
    })
    .join(' ');
}

/** The differences that the field `layers` says, undefined where there are none. @throws FieldError */
export function readDifferences(text: string): Differences | undefined {
  const { each, unknown } = layerTexts(text);
  if (unknown.length > 0) fail(words.unknown(unknown));
  const read = [...each]
    .sort(([a], [b]) => a - b)
    .flatMap(([number, texts]): [number, LayerDifference][] => {
      const entries = (Object.keys(READ) as LayerKey[]).map((key) => [key, READ[key](texts[key])] as const);
      const said = entries.filter(([, value]) => value !== undefined);
      return said.length > 0 ? [[number, Object.fromEntries(said)]] : [];
    });
  return read.length > 0 ? Object.fromEntries(read) : undefined;
}

export function textOfDifferences(differences: Differences = {}): string {
  const texts = Object.entries(differences).map(([number, difference]): [number, LayerTexts] => {
    const said = Object.entries(difference).map(([key, value]) => [key, String(value)]);
    return [Number(number), { ...noTexts(), ...Object.fromEntries(said) }];
  });
  return textOfLayers(new Map(texts));
}

/** The hidden layers of settings. */
export function hiddenLayers(settings: {
  hidden: readonly number[];
  activation: ActivationName;
  layers?: Differences | undefined;
}): PlainLayer[] {
  const { hidden, activation, layers = {} } = settings;
  return hidden.map((units, i) => ({ units, activation, ...layers[i + 1] }));
}
