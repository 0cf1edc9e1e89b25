/** ml5's `model_meta.json`: what the numbers of a network mean, in its old layout and its new one. */
import { excerpt } from '../../check/bytes.js';
import type { NetworkDescription } from '../description.js';
import type { Json } from '../keras-chain.js';
import { jsonOf, type Source } from '../source.js';

const META = 'model_meta.json';

/** A column: numbers with their range, or one of some texts, each with its row of zeros and a one in `legend`. */
interface Column {
  dtype?: unknown;
  legend?: unknown;
}

/**
 * Names and ranges out of the file; nothing where there is none.
 *
 * @param features and `units` of the network, which names must fit
 */
export async function ml5Of(
  method: string,
  source: Source,
  model: Json,
  features: number,
  units: number,
): Promise<Partial<NetworkDescription>> {
  const meta = await metaOf(source, model);
  if (!meta) return {};
  // The old layout has it all in `meta`, and ranges in `data`.
  const told = isObject(meta['meta']) ? meta['meta'] : meta;
  const [inputs, outputs] = [columnsOf(told['inputs']), columnsOf(told['outputs'])];
  const remarks: string[] = [];
  if (told['isNormalized'] === true) {
    remarks.push(
      'its inputs must be normalised as ml5 does it, to (x − min)/(max − min) with the ranges in metadata.ml5, and numbers that it answers must be brought back so',
    );
  }
  const featureNames = inputs.flatMap(([name, column]) => {
    const texts = textsOf(column);
    return texts ? texts.map((text) => `${name}=${text}`) : [name];
  });
  const classNames = outputs.length === 1 ? textsOf(outputs[0]![1]) : undefined;
  if (classNames && classNames.length !== units) {
    remarks.push(`${META} names ${classNames.length} classes for ${units} outputs, and is not taken for them`);
  }
  return {
    ...(featureNames.length === features && isEachOnce(featureNames) && { featureNames }),
    ...(classNames?.length === units && { classNames }),
    metadata: { ml5: meta },
    remarks,
  };
}

/** The file among those at hand, or beside an address where the model looks as ml5 saves it: others have none. */
async function metaOf(source: Source, model: Json): Promise<Json | undefined> {
  for (const file of source.files) {
    const json = jsonOf(file);
    if (json && 'modelTopology' in json) continue;
    if (json && (isObject(json['meta']) || (isObject(json['inputs']) && isObject(json['outputs'])))) return json;
  }
  const isMl5 = !('format' in model) && JSON.stringify(model['weightsManifest']).includes('model.weights.bin');
  if (!isMl5 || source.files.length > 1) return undefined;
  try {
    return jsonOf({ name: META, bytes: await source.beside(META) });
  } catch {
    return undefined; // because a model of two files is one, too
  }
}

const columnsOf = (columns: unknown): [string, Column][] =>
  isObject(columns) ? Object.entries(columns).map(([name, column]) => [name, isObject(column) ? column : {}]) : [];

/** The texts of a column in the order of their ones; undefined for numbers, and for a legend that is none. */
function textsOf({ legend }: Column): string[] | undefined {
  if (!isObject(legend)) return undefined;
  const entries = Object.entries(legend);
  const texts = new Array<string | undefined>(entries.length).fill(undefined);
  for (const [text, row] of entries) {
    if (!Array.isArray(row) || row.length !== texts.length) return undefined;
    texts[row.indexOf(1)] = excerpt(text);
  }
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

const isEachOnce = (names: string[]) => new Set(names).size === names.length;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
