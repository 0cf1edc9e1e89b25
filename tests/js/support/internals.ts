/**
 * The package together with what it keeps to itself, for tests that look into the module's memory: scripts/build.mjs
 * bundles it into build/internals/, where it is a package of its own beside dist/.
 */
export * from 'mlp-wasm';
export { catalogue, mlp } from '../../../web/src/wasm/module.js';
export { callWithGaps } from './nearly-full.js';
export { ALLOCATING, nearTheEnd, ofEverySize, SIZED, TAKING_LITTLE } from '../../fire/memory/calls.js';
