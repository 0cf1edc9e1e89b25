// The Emscripten glue that the build puts beside the compiled package.
import type { InstantiateWasm, MlpModule } from './wasm.js';

export default function createMlp(options: { instantiateWasm: InstantiateWasm }): Promise<MlpModule>;
