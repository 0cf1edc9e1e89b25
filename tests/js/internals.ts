/** What the package keeps to itself. */
import * as library from '../../dist/index.js';
import type * as Internals from '../../dist/wasm.js';

export const { catalogue, mlp } = (library as unknown as { _internals: typeof Internals })._internals;
