/** The marks by which files are known as NumPy's, and as ours among them; reader and writer share them, and no code. */

/** The first characters of a `.npy` file. */
export const MAGIC = '\u0093NUMPY';

/** The name of the array of bytes that hold JSON: the architecture that the weights belong to. */
export const ARCHITECTURE = 'architecture';
