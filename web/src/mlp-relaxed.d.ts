// The Emscripten glue that the build puts beside the compiled package.
import type { MlpModule } from './wasm.js';

export default function createMlp(options: {
  instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): object;
}): Promise<MlpModule>;
