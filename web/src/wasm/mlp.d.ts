// Emscripten's glue: one for all flavours without threads, which differ in nothing but the module itself.
import type { InstantiateWasm, MlpModule } from './native.js';

export default function createMlp(options: { instantiateWasm: InstantiateWasm }): Promise<MlpModule>;
