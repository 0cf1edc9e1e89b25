/** Arrays of NumPy as data: `readNumpy`. */
import { checkBoolean, checkObject, rangeError } from '../../check/arguments.js';
import { asBytes, excerpt, type Bytes } from '../../check/bytes.js';
import { plain } from '../source.js';
import { isNpy, readNpy, type NumpyArray } from './npy.js';
import { unzip, zipNames } from '../zip.js';

export interface NumpyOptions {
  /** True for `.npz`, an archive of several arrays. Default false. */
  archive?: boolean;
}

export function readArrays(bytes: Bytes, options: NumpyOptions): NumpyArray | Map<string, NumpyArray> {
  const method = 'readNumpy';
  const { archive = false } = checkObject(`${method}: options`, options, ['archive']);
  checkBoolean(`${method}: archive`, archive);
  const file = plain(asBytes(`${method}: bytes`, bytes));
  if (archive) {
    if (!isNpy(file)) return readNpz(`${method}: bytes`, file);
    throw rangeError(`${method}: bytes`, 'an .npz archive, or no option archive', 'a .npy file');
  }
  if (isZip(file)) {
    const names = excerpt(zipNames(`${method}: bytes`, file).join(', '));
    throw new RangeError(
      `${method}: bytes: expected a .npy file, or the option archive: true, got an archive of ${names}`,
    );
  }
  return readNpy(`${method}: bytes`, file);
}

const isZip = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x4b;

const ENDING = /\.npy$/;

/** The arrays of an archive by their names without `.npy`, in its order. */
export function readNpz(argument: string, bytes: Uint8Array): Map<string, NumpyArray> {
  const arrays = new Map<string, NumpyArray>();
  for (const [name, content] of unzip(argument, bytes)) {
    if (!ENDING.test(name)) throw rangeError(argument, 'an archive of .npy files alone', excerpt(name));
    const array = name.replace(ENDING, '');
    arrays.set(array, readNpy(`${argument}: '${excerpt(array)}'`, content));
  }
  return arrays;
}
