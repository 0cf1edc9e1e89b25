/** The `.npy` format of NumPy, out. */
import { isUint8Array } from '../../check/realm.js';
import { MAGIC } from './marks.js';

/** The numbers of an array begin at a multiple of this, as NumPy has it. */
const ALIGNMENT = 64;

/** The `.npy` file of an array of float32 or bytes, in version 1.0. */
export function writeNpy(shape: readonly number[], data: Float32Array | Uint8Array): Uint8Array {
  const isBytes = isUint8Array(data);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${isBytes ? '|u1' : '<f4'}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((10 + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = dictionary.padEnd(start - 11) + '\n';
  const file = new Uint8Array(start + data.byteLength);
  file.set(Array.from(MAGIC, (char) => char.charCodeAt(0)));
  const view = new DataView(file.buffer);
  view.setUint16(6, 1, true);
  view.setUint16(8, header.length, true);
  file.set(new TextEncoder().encode(header), 10);
  if (isBytes) file.set(data, start);
  else data.forEach((value, i) => view.setFloat32(start + 4 * i, value, true));
  return file;
}
