export { default } from './mlp.js';
