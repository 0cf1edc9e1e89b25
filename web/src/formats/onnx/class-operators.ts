/** The tails of classifiers: from outputs to labels, and the columns of tables before the first layer. */
import type { NodeReader, Operator, Value } from './node.js';
import { concatenated } from './constants.js';
import type { Constant } from './tensor.js';

/** A constant as names. */
const namesOf = ({ texts, data }: Constant) => texts ?? Array.from(data, String);

/** The names of an attribute of texts, or of numbers. */
const listed = (node: NodeReader, texts: string, ...others: string[]): string[] | undefined =>
  [texts, ...others]
    .map((name) => node.attribute(name))
    .map((attribute) =>
      [...(attribute?.texts ?? []), ...(attribute?.ints ?? []), ...(attribute?.floats ?? [])].map(String),
    )
    .find((list) => list.length > 0);

const concat = (node: NodeReader): Value => {
  const constants = node.constants();
  if (constants) return concatenated(node.where, constants, node.room);
  if (node.values.length !== 2) throw node.chain.noChain(node.label);
  return node.chain.pairUp(node.flow(0), node.flow(1), node.label);
};

export const classOperators: Record<string, Operator> = {
  Concat: concat,
  ArgMax: (node) => {
    return { kind: 'labels', flow: node.flow(0) };
  },
  'ai.onnx.ml.ArrayFeatureExtractor': (node) => {
    const labels = node.needed(1);
    if (labels.kind !== 'labels') throw node.refused('labels', 'other places');
    const names = namesOf(node.constant(0));
    node.setClassNames(names);
    return { ...labels, names };
  },
  'ai.onnx.ml.LabelEncoder': (node) => {
    const value = node.needed(0);
    if (value.kind !== 'labels') throw node.refused('labels', 'features');
    const from = listed(node, 'keys_strings', 'keys_int64s', 'keys_floats');
    const to = listed(node, 'values_strings', 'values_int64s', 'values_floats') ?? listed(node, 'classes_strings');
    const fallback = node.attribute('default_string')?.text ?? '_Unused';
    const places = value.names ?? Array.from({ length: node.chain.units ?? 0 }, (_, i) => String(i));
    const names = places.map((name, i) => (from ? to?.[from.indexOf(name)] : to?.[i]) ?? fallback);
    node.setClassNames(names);
    return { ...value, names };
  },
  'ai.onnx.ml.ZipMap': (node) => {
    const flow = node.flow(0);
    node.setClassNames(listed(node, 'classlabels_strings', 'classlabels_int64s'));
    return flow;
  },
  'ai.onnx.ml.Binarizer': (node) => {
    return { kind: 'labels', flow: node.flow(0) };
  },
};
