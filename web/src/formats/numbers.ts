/** Numbers of files, in the kinds that tools of machine learning have, as 32-bit floats. */

/** Kinds of numbers, and the bytes that each takes. */
export const NUMBER_BYTES = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
} as const;

export type NumberKind = keyof typeof NUMBER_BYTES;

/** Reads one number. */
type ReadNumber = (view: DataView, at: number, little: boolean) => number;

const READ: Record<NumberKind, ReadNumber> = {
  bool: (view, at) => (view.getUint8(at) ? 1 : 0),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at, little) => view.getInt16(at, little),
  uint16: (view, at, little) => view.getUint16(at, little),
  int32: (view, at, little) => view.getInt32(at, little),
  uint32: (view, at, little) => view.getUint32(at, little),
  int64: (view, at, little) => Number(view.getBigInt64(at, little)),
  uint64: (view, at, little) => Number(view.getBigUint64(at, little)),
  float16: (view, at, little) => halfToNumber(view.getUint16(at, little)),
  bfloat16: (view, at, little) => bfloatToNumber(view.getUint16(at, little)),
  float32: (view, at, little) => view.getFloat32(at, little),
  float64: (view, at, little) => view.getFloat64(at, little),
};

/**
 * `count` numbers as 32-bit floats: of float32 the same bits, of wider kinds the nearest.
 *
 * @param bytes at least as many as the numbers take
 * @param little whether the least significant byte comes first
 */
export function floatsFrom(bytes: Uint8Array, kind: NumberKind, count: number, little = true): Float32Array {
  const floats = new Float32Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'float32') {
    const bits = new Uint32Array(floats.buffer); // because a signalling NaN is changed by whoever reads it as a number
    for (let i = 0; i < count; ++i) bits[i] = view.getUint32(4 * i, little);
    return floats;
  }
  const [read, size] = [READ[kind], NUMBER_BYTES[kind]];
  for (let i = 0; i < count; ++i) floats[i] = read(view, size * i, little);
  return floats;
}

/** The number of a half-precision float of IEEE 754: 1 bit of sign, 5 of exponent, 10 of fraction. */
export function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -24 * fraction;
}

const converter = new DataView(new ArrayBuffer(4));

/** The number of a bfloat16, which is the upper half of a 32-bit float. */
export function bfloatToNumber(bfloat: number): number {
  converter.setUint16(0, bfloat);
  return converter.getFloat32(0);
}

/**
 * Walks through elements in row-major order, whatever order they lie in.
 *
 * @param strides places from one element of each axis to the next
 * @param each is told the number of the element, and its place
 */
export function eachStrided(
  shape: readonly number[],
  strides: readonly number[],
  each: (i: number, place: number) => void,
): void {
  const count = shape.reduce((product, size) => product * size, 1);
  const index = shape.map(() => 0);
  for (let i = 0, place = 0; i < count; ++i) {
    each(i, place);
    for (let axis = shape.length - 1; axis >= 0; --axis) {
      place += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      place -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
}
