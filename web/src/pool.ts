/** Threads for the core: workers that enter its pool. */
import type { ThreadStart } from './thread.js';
import type { MlpModule } from './wasm.js';

const STACK_BYTES = 65536;

/** How long workers may take to come up before the work is done without them, in milliseconds. */
const PATIENCE_MS = 5000;

/** Whether memory can be shared between threads here. */
export function canShareMemory(): boolean {
  return typeof SharedArrayBuffer === 'function' && (globalThis.crossOriginIsolated ?? true);
}

/** Threads that `'auto'` means here. */
export function processors(): number {
  return (
    globalThis.navigator?.hardwareConcurrency ??
    globalThis.process!.getBuiltinModule('node:os').availableParallelism()
  );
}

/** Brings `workers` workers into the core's pool; resolves to how many came, all or none. */
export async function startPool(
  core: MlpModule,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  workers: number,
): Promise<number> {
  let failed = false;
  const stop: (() => void)[] = [];
  try {
    for (let thread = 1; thread <= workers; ++thread) {
      const stackTop = core._malloc(STACK_BYTES) + STACK_BYTES;
      const start: ThreadStart = { module, memory, entry: core.poolEntry!(), stackTop, thread };
      stop.push(spawn(start, () => (failed = true)));
    }
  } catch {
    failed = true; // where a policy forbids workers, some engines throw, others send an error
  }
  const began = performance.now();
  while (core.poolEntered!() < workers) {
    if (failed || performance.now() - began > PATIENCE_MS) {
      for (const terminate of stop) terminate();
      return 0;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  core.usePool!(workers);
  return workers;
}

/** Starts a worker that does not keep Node alive; returns how to end it. */
function spawn(start: ThreadStart, onFailure: () => void): () => void {
  const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (node) {
    // Without the process's own options: --input-type, for one, is refused beside a file.
    const options = { workerData: start, execArgv: [] };
    const worker = new node.Worker(new URL('./thread.js', import.meta.url), options);
    worker.on('error', onFailure);
    worker.unref();
    return () => void worker.terminate();
  }
  // Bundlers find the worker by this very expression.
  const worker = new Worker(new URL('./thread.js', import.meta.url), { type: 'module' });
  worker.onerror = onFailure;
  worker.postMessage(start);
  return () => worker.terminate();
}
