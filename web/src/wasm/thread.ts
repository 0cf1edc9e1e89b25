/**
 * A worker that lends its thread to the core: it instantiates the module on the memory it is given and enters the pool,
 * a loop that never ends.
 */
import { tagOf } from '../check/realm.js';
import type { Pointer } from './native.js';

/** Message of {@link startPool} to a worker. */
export interface ThreadStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Place of the pool's entry in the module's function table. */
  entry: number;
  stackTop: Pointer;
  /** ≥ 1, each worker its own. */
  thread: number;
  /** Address of the count of workers that died of an error. */
  deaths: Pointer;
}

async function enter({ module, memory, entry, stackTop, thread, deaths }: ThreadStart): Promise<void> {
  // The pool's work is memory and arithmetic: whatever else the module imports stays uncalled.
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const unreachable = () => {
      throw new Error(`mlp-wasm: a thread of the pool called ${from}.${name}`);
    };
    (imports[from] ??= {})[name] = kind === 'memory' ? memory : unreachable;
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const table = Object.values(exports).find((value) => tagOf(value) === 'WebAssembly.Table') as WebAssembly.Table;
  try {
    (table.get(entry) as (stackTop: Pointer, thread: number) => never)(stackTop, thread);
  } catch (error) {
    Atomics.add(new Int32Array(memory.buffer), deaths / 4, 1); // for the main thread, which waits for this job
    throw error;
  }
}

const inNode = globalThis.process?.getBuiltinModule?.('node:worker_threads');

if (inNode) void enter(inNode.workerData as ThreadStart);
else addEventListener('message', ({ data }: MessageEvent<ThreadStart>) => void enter(data), { once: true });
