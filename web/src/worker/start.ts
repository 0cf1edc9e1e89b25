/** Starts the worker's script, of whatever origin, and gives the reason if that fails. */
import { messageOf } from '../check/realm.js';
import { movedTo } from '../wasm/location.js';
import { startModuleWorker } from '../wasm/module-worker.js';
import type { Endpoint } from './channel.js';
import type { Incoming } from './protocol.js';

export interface Started extends Endpoint {
  terminate(): unknown;
}

/** Hears of a worker: its messages, and its end. */
export interface Fate {
  receive(message: Incoming): void;
  fail(reason: string, cause?: unknown): void;
}

/** Address of `worker-host.js`, unless a bundler has put it elsewhere. */
export function hostUrl(workerUrl: string | URL | undefined): string {
  const base = workerUrl === undefined ? import.meta.url : (globalThis.document?.baseURI ?? import.meta.url);
  return new URL(workerUrl ?? 'worker-host.js', base).href;
}

/** Address of `worker-host.js` if it is not beside this module: see {@link movedTo}. */
export function findHost(): Promise<string | undefined> {
  return movedTo('worker-host.js', probe);
}

/** A file that bundlers move together with `worker-host.js`. That itself would become a second worker. */
function probe(): URL {
  return new URL('./mlp.wasm', import.meta.url);
}

/** True if the engine has workers: Cloudflare's, for one, has none. */
export function hasWorkers(): boolean {
  return typeof Worker === 'function' || globalThis.process?.getBuiltinModule?.('node:worker_threads') !== undefined;
}

/** Starts the worker. @throws if the engine refuses at once. */
export function start(workerUrl: string | URL | undefined, { receive, fail }: Fate): Started {
  const here = import.meta.url;
  const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (node) {
    // Another expression than below, because bundlers for the web would make a second file of the same one. execArgv is
    // empty because a worker refuses some of the options of the process.
    const worker = new node.Worker(new URL(workerUrl ?? 'worker-host.js', here), { execArgv: [] });
    worker.on('message', (message) => receive(message as Incoming));
    worker.on('messageerror', (error) => fail('a message could not be read', error));
    worker.on('error', (error) => fail(messageOf(error), error));
    worker.on('exit', (code) => fail(`its thread ended with code ${String(code)}`));
    return worker;
  }
  const { worker, address } = startModuleWorker(() =>
    workerUrl === undefined
      ? // Bundlers find the worker by this very expression.
        new Worker(new URL('./worker-host.js', import.meta.url), { type: 'module' })
      : new Worker(hostUrl(workerUrl), { type: 'module' }),
  );
  worker.onmessage = ({ data }: MessageEvent<Incoming>) => receive(data);
  worker.onmessageerror = () => fail('a message could not be read');
  worker.onerror = (event) => {
    event.preventDefault();
    if (event.message) fail(event.message);
    else void whyUnloadable(address).then(fail);
  };
  return worker;
}

/** The reason why a script could not be loaded. Engines do not tell, so it is fetched once more to find out. */
async function whyUnloadable(address: string): Promise<string> {
  const could = `its script could not be loaded from ${address}`;
  try {
    const response = await fetch(address);
    void response.body?.cancel();
    if (!response.ok) return `${could}: the server answered ${response.status}`;
    const type = response.headers.get('content-type') ?? 'of no type';
    if (!/javascript|ecmascript/i.test(type)) return `${could}: the server says that it is ${type}, not JavaScript`;
    return `${could}: it is forbidden by a Content-Security-Policy, or one of the files that it imports is missing`;
  } catch (error) {
    return `${could}: it is missing, or forbidden by a Content-Security-Policy: ${messageOf(error)}`;
  }
}
