/** Workers of browsers, also with a script of another origin, such as a CDN. */
import { messageOf } from '../check/realm.js';

type Arguments = ConstructorParameters<typeof Worker>;

/**
 * Starts a worker. A script of another origin than the page's is imported by a script of a few lines, because engines
 * refuse to start it as a worker.
 *
 * @param create `new Worker(new URL('./file', import.meta.url), …)`, an expression that bundlers know and make right
 * @returns the worker and its script's address
 * @throws {Error} where the engine refuses at once.
 */
export function startModuleWorker(create: () => Worker): { worker: Worker; address: string } {
  const planned = argumentsOf(create);
  const address = new URL(planned[0], location.href).href;
  const isElsewhere = /^https?:/.test(address) && new URL(address).origin !== location.origin;
  return { worker: isElsewhere ? startShim(address) : new Worker(...planned), address };
}

/** Arguments of the worker that `create` would start. Only so is the address known that a bundler has put into it. */
function argumentsOf(create: () => Worker): Arguments {
  const original = globalThis.Worker;
  let planned!: Arguments;
  // Harmless, because nothing else runs between here and the restoration below.
  globalThis.Worker = function (...given: Arguments) {
    planned = given;
  } as unknown as typeof Worker;
  try {
    create();
  } finally {
    globalThis.Worker = original;
  }
  return planned;
}

/** Starts a script that imports the one at `address`, and keeps messages that come before the import is done. */
function startShim(address: string): Worker {
  const url = JSON.stringify(address);
  const source = `
    const early = [];
    onmessage = (event) => early.push(event.data);
    import(${url}).then(
      () => {
        onmessage = null;
        for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
      },
      (error) => setTimeout(() => { throw 'its script could not be loaded from ' + ${url} + ': ' + error.message }),
    );`;
  const blob = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    const worker = new Worker(blob, { type: 'module' });
    const forget = () => URL.revokeObjectURL(blob);
    worker.addEventListener('message', forget, { once: true });
    worker.addEventListener('error', forget, { once: true });
    return worker;
  } catch (error) {
    URL.revokeObjectURL(blob);
    const cure = "a script of another origin is loaded through a 'blob:' address, which worker-src has to allow";
    throw new Error(`its script ${address} could not be started: ${cure}: ${messageOf(error)}`, { cause: error });
  }
}
