// The same, for all flavours with threads.
export { default } from './mlp.js';
