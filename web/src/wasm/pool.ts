/** Threads for the core: workers that enter its pool. */
import { messageOf } from '../check/realm.js';
import { warnOnce } from '../check/warn.js';
import { movedTo } from './location.js';
import { startModuleWorker } from './module-worker.js';
import type { MlpModule } from './native.js';
import type { ThreadStart } from './thread.js';

const STACK_BYTES = 65536;

/** How long workers may take to come up before the work is done without them, in milliseconds. */
const PATIENCE_MS = 5000;

let isLost = false;

/** True once a worker of the pool has died; the pool is not used any more then. */
export function poolIsLost(): boolean {
  return isLost;
}

/** Why memory can not be shared between threads here; undefined where it can. */
export function whyNotShared(): string | undefined {
  if (globalThis.crossOriginIsolated === false) {
    return (
      'the page is not isolated by the headers Cross-Origin-Opener-Policy: same-origin and ' +
      'Cross-Origin-Embedder-Policy: require-corp'
    );
  }
  return typeof SharedArrayBuffer === 'function' ? undefined : 'SharedArrayBuffer is missing';
}

/** Threads that `'auto'` means here. */
export function processors(): number {
  return (
    globalThis.navigator?.hardwareConcurrency ??
    globalThis.process?.getBuiltinModule?.('node:os').availableParallelism() ??
    1
  );
}

/** Brings `workers` workers into the core's pool, all or none. @throws {Error} saying why they did not come. */
export async function startPool(
  handle: MlpModule,
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  workers: number,
): Promise<void> {
  let failure: string | undefined;
  let isUsed = false;
  const stop: (() => void)[] = [];
  const moved = await movedTo('thread.js', threadUrl);
  try {
    for (let thread = 1; thread <= workers; ++thread) {
      const stackTop = handle._malloc(STACK_BYTES) + STACK_BYTES;
      const [entry, deaths] = [handle.poolEntry!(), handle.poolDeaths!()];
      stop.push(
        spawn({ module, memory, entry, stackTop, thread, deaths }, moved, (reason) => {
          failure ??= reason;
          if (isUsed) lost();
        }),
      );
    }
  } catch (error) {
    failure = messageOf(error); // some engines throw if a policy forbids workers, others send an error event
  }
  /** Ends all workers because one has died: the core shares its work with all of them or none. */
  const lost = () => {
    if (isLost) return;
    isLost = true;
    handle.usePool!(0);
    for (const terminate of stop) terminate();
    warnOnce('a thread of the pool has died: what follows runs on one thread');
  };
  handle.poolLost = () => {
    lost();
    return new Error('mlp-wasm: a thread of the pool died while it was computing: what it was asked for is lost');
  };
  const began = performance.now();
  while (handle.poolEntered!() < workers) {
    if (performance.now() - began > PATIENCE_MS) failure ??= `no answer within ${PATIENCE_MS} ms`;
    if (failure !== undefined) {
      for (const terminate of stop) terminate();
      throw new Error(`${moved ?? threadUrl().href}: ${failure}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  handle.usePool!(workers);
  isUsed = true;
}

/** File tracers of servers find the worker by this very expression. */
function threadUrl(): URL {
  return new URL('./thread.js', import.meta.url);
}

/** Starts a worker that does not keep Node alive; returns how to end it. */
function spawn(start: ThreadStart, moved: string | undefined, onFailure: (reason: string) => void): () => void {
  const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (node) {
    // Without the process's own options: --input-type, for one, is refused beside a file.
    const options = { workerData: start, execArgv: [] };
    const worker = new node.Worker(moved === undefined ? threadUrl() : new URL(moved), options);
    worker.on('error', (error) => onFailure(messageOf(error)));
    worker.on('exit', (code) => onFailure(`its thread ended with code ${String(code)}`));
    worker.unref();
    return () => void worker.terminate();
  }
  const { worker } = startModuleWorker(() =>
    moved === undefined
      ? // Bundlers find the worker by this very expression.
        new Worker(new URL('./thread.js', import.meta.url), { type: 'module' })
      : new Worker(moved, { type: 'module' }),
  );
  worker.onerror = ({ message }) => {
    onFailure(message || 'missing, not JavaScript, or forbidden by a Content-Security-Policy');
  };
  worker.postMessage(start);
  return () => worker.terminate();
}
