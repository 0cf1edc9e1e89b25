/** The metadata of an ONNX file, beside its graph: names of classes and features, and examples that the file is tried with. */
import { excerpt } from '../../check/bytes.js';
import { examplesFromJson, type NetworkDescription } from '../description.js';
import type { Chain } from './chain.js';
import type { Model } from './messages.js';

/** Keys of ours among the metadata; their values are JSON. */
export const KEYS = {
  classNames: 'mlp-wasm.classNames',
  featureNames: 'mlp-wasm.featureNames',
  examples: 'mlp-wasm.examples',
};

export type Metadata = Pick<NetworkDescription, 'name' | 'classNames' | 'featureNames' | 'metadata' | 'examples'>;

export function readMetadata(
  where: string,
  { producer, graph, metadata }: Model,
  { inputs = 0, units }: Chain,
  remarks: Set<string>,
): Metadata {
  const result: Metadata = {};
  if (producer.startsWith('mlp-wasm') && graph.name) result.name = graph.name;
  const rest: [string, string][] = [];
  for (const [key, text] of metadata) {
    if (key === KEYS.examples) {
      result.examples = examplesFromJson(`${where}: ${key}`, parsed(text), inputs);
    } else if (key === KEYS.classNames || key === KEYS.featureNames) {
      const names = parsed(text);
      const count = key === KEYS.classNames ? units : inputs;
      if (isNames(names, count)) result[key === KEYS.classNames ? 'classNames' : 'featureNames'] = names;
      else remarks.add(`${key} holds no ${count} names (${excerpt(text)}): it is left out`);
    } else rest.push([key, text]);
  }
  if (rest.length > 0) result.metadata = Object.fromEntries(rest);
  return result;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const isNames = (json: unknown, count: number | undefined): json is string[] =>
  Array.isArray(json) && json.length === count && json.every((name) => typeof name === 'string');
