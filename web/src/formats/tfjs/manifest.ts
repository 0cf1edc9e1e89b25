/** The weights of TensorFlow.js: what `weightsManifest` tells about the bytes of the files beside `model.json`. */
import {
  checkArray,
  checkFloat,
  checkInteger,
  checkName,
  checkString,
  rangeError,
  shown,
} from '../../check/arguments.js';
import { excerpt } from '../../check/bytes.js';
import { jsonObject, type Json } from '../keras-chain.js';
import { floatsFrom, NUMBER_BYTES, type NumberKind } from '../numbers.js';
import type { Source } from '../source.js';

/** A weight of a file whose numbers are not made yet. */
export interface StoredWeight {
  name: string;
  shape: number[];
  count: number;
  /** Its numbers as floats, whatever they are kept as. */
  read(): Float32Array;
}

/** The kinds that numbers are kept as. */
const KINDS = ['float32', 'int32', 'bool', 'uint8', 'uint16', 'float16'] satisfies NumberKind[];

/** The weights of all groups of a manifest, in their order. @throws {RangeError} where the files are too short for them. */
export async function storedWeights(method: string, manifest: unknown, source: Source): Promise<StoredWeight[]> {
  const stored: StoredWeight[] = [];
  const seen = new Set<string>();
  for (const [i, group] of checkArray(`${method}: weightsManifest`, manifest, 'an array').entries()) {
    const argument = `${method}: weightsManifest[${i}]`;
    const { paths, weights } = jsonObject(argument, group);
    const files: Uint8Array[] = [];
    for (const path of checkArray(`${argument}.paths`, paths, 'an array of paths')) {
      const name = checkString(`${argument}.paths`, path);
      // Each once, because a few bytes could ask for the same file again and again.
      if (seen.has(name)) throw rangeError(`${argument}.paths`, 'each file once', name);
      seen.add(name);
      files.push(await source.beside(name));
    }
    const bytes = joined(files);
    let at = 0;
    for (const entry of checkArray(`${argument}.weights`, weights, 'an array of weights')) {
      const weight = storedWeight(method, jsonObject(`${argument}.weights`, entry), bytes, at);
      stored.push(weight.stored);
      at = weight.end;
    }
  }
  return stored;
}

function joined(files: readonly Uint8Array[]): Uint8Array {
  if (files.length === 1) return files[0]!;
  const all = new Uint8Array(files.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const file of files) {
    all.set(file, at);
    at += file.length;
  }
  return all;
}

function storedWeight(method: string, entry: Json, bytes: Uint8Array, begin: number) {
  const name = checkString(`${method}: weight.name`, entry['name']);
  const argument = `${method}: weight ${shown(excerpt(name))}`;
  const shape = checkArray(`${argument}: shape`, entry['shape'], 'an array').map((size, i) =>
    checkInteger(`${argument}: shape[${i}]`, size, 0),
  );
  const count = shape.reduce((product, size) => product * size, 1);
  const quantization = entry['quantization'];
  const kept = quantization === undefined ? entry : jsonObject(`${argument}: quantization`, quantization);
  const dtype = checkName(`${argument}: dtype`, kept['dtype'], KINDS) as NumberKind;
  const end = begin + NUMBER_BYTES[dtype] * count;
  if (end > bytes.length) {
    const got = `${Math.max(0, bytes.length - begin)}: a file is cut or missing`;
    throw new RangeError(`${argument}: expected ${end - begin} bytes of ${dtype}, got ${got}`);
  }
  // Integers of 8 or 16 bits are steps from `min`; 16-bit floats are kept as they are.
  const isSteps = quantization !== undefined && dtype !== 'float16';
  const scale = isSteps ? checkFloat(`${argument}: quantization.scale`, kept['scale']) : 1;
  const min = isSteps ? checkFloat(`${argument}: quantization.min`, kept['min']) : 0;
  const read = () => {
    const numbers = floatsFrom(bytes.subarray(begin, end), dtype, count);
    return isSteps ? numbers.map((step) => step * scale + min) : numbers;
  };
  return { stored: { name, shape, count, read }, end };
}
