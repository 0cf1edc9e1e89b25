/** NumPy: weights in `.npz` or `.npy`, in and out, and arrays as data. */
export { readArrays } from './data.js';
export { read } from './read.js';
export { write } from './write.js';
