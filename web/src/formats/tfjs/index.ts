/** TensorFlow.js: `model.json` with its weights, in and out; ml5's remarks beside it, in. */
export { read } from './read.js';
export { write } from './write.js';
