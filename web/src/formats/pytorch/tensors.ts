/** Tensors of PyTorch's files, as they lie there. */
import { excerpt } from '../../check/bytes.js';
import { eachStrided, floatsFrom, NUMBER_BYTES, type NumberKind } from '../numbers.js';

/** A tensor whose numbers have not been looked at. */
export interface RawTensor {
  shape: number[];
  kind: NumberKind;
  /** Those of its storage, from its first number on. */
  bytes: Uint8Array;
  /** Numbers from one element of each dimension to the next. Default: row-major. */
  strides?: number[];
  little: boolean;
}

/** Of a network's weights, and of whatever else a dictionary holds, in its order. */
export type StateDict = Map<string, RawTensor>;

export const elementsOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/**
 * The numbers of a tensor, row-major.
 *
 * @param argument opens the error
 * @throws {RangeError} where they reach beyond the file. Told before there is room for them.
 */
export function floatsOf(argument: string, { shape, kind, bytes, strides, little }: RawTensor): Float32Array {
  const count = elementsOf(shape);
  const rowMajor = strides === undefined || isRowMajor(shape, strides);
  const last = rowMajor ? count - 1 : shape.reduce((sum, size, i) => sum + (size - 1) * strides[i]!, 0);
  const size = NUMBER_BYTES[kind];
  if (count > 0 && !(last < Math.floor(bytes.length / size))) {
    const shown = excerpt(`[${shape.join(', ')}]`);
    throw new RangeError(
      `${argument}: expected the ${count} numbers of ${shown}, got ${bytes.length} bytes of ${kind}`,
    );
  }
  // Elements may share numbers by strides of 0, by which a short file could ask for much.
  if (count > bytes.length / size) {
    throw new RangeError(`${argument}: expected a number for each of ${count} elements, got ${bytes.length / size}`);
  }
  if (rowMajor) return floatsFrom(bytes, kind, count, little);
  const all = floatsFrom(bytes, kind, last + 1, little);
  const floats = new Float32Array(count);
  eachStrided(shape, strides, (i, place) => (floats[i] = all[place]!));
  return floats;
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; --axis) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}
