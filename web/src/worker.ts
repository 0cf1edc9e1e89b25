/**
 * The package in a worker: `connect` starts one, and everything has the names of `mlp-wasm` and answers by
 * promises.
 *
 * @packageDocumentation
 */
import { Channel, type Endpoint } from './channel.js';
import { checkInteger, typeError } from './check.js';
import type * as library from './index.js';
import {
  activation,
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  layerNormalization,
  normalization,
} from './layers.js';
import type { Message } from './messages.js';
import { schedules, warmup } from './schedules.js';
import type { InitOptions, Inputs } from './types.js';

export { transfer } from './parcel.js';
export type * from './index.js';

declare global {
  interface SymbolConstructor {
    /** For programs compiled without the library `ESNext.Disposable`. */
    readonly asyncDispose: unique symbol;
  }
}

/** How long the worker's script may take to load and run by default, in milliseconds. */
const TIMEOUT_MS = 20_000;

type Library = typeof library;

/** Functions that only describe something, for a call: their results are wanted at once, and need no core. */
type LocalName =
  | {
      [Name in keyof Library]: Library[Name] extends (...args: never[]) => { className: string } ? Name : never;
    }[keyof Library]
  | 'schedules'
  | 'warmup';

/** These are the page's own; the compiler tells when one is missing. */
const LOCAL: Pick<Library, LocalName> = {
  activation,
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  layerNormalization,
  normalization,
  schedules,
  warmup,
};

/** A function that is called from afar: a {@link RemoteModel} stands for every model, on both ways. */
type RemoteFunction<Args extends unknown[], Result> =
  Result extends AsyncGenerator<infer Item, infer Last, infer Next>
    ? (...args: RemoteArguments<Args>) => AsyncGenerator<Item, Last, Next>
    : Result extends AsyncIterable<infer Item>
      ? (...args: RemoteArguments<Args>) => AsyncGenerator<Item, unknown, unknown>
      : (...args: RemoteArguments<Args>) => Promise<RemoteValue<Awaited<Result>>>;
type RemoteArguments<Args extends unknown[]> = { [I in keyof Args]: RemoteValue<Args[I]> };
type RemoteValue<Value> = Value extends library.Sequential ? RemoteModel : Value;

/** Everything of `Whole` but `Without`: methods by promise, properties as they are. */
type Remote<Whole, Without extends PropertyKey> = {
  [Name in keyof Whole as Exclude<Name, Without>]: Whole[Name] extends (...args: infer Args) => infer Result
    ? RemoteFunction<Args, Result>
    : Whole[Name];
};

/**
 * A {@link Sequential} in a worker. Its methods take and do the same and return promises. Its properties are
 * as of the last message from the worker; `stopTraining` and `learningRate` can be set, the latter to numbers and
 * schedules, not to functions, which would answer too late; what is refused is an unhandled rejection. One that is
 * forgotten is disposed of in time.
 */
export interface RemoteModel extends Remote<
  library.Sequential,
  'predict' | 'learningRate' | typeof Symbol.dispose
> {
  get learningRate(): number;
  set learningRate(value: number | library.Schedule);
  /** As {@link Sequential.predict}. An `output` is filled here when the promise resolves to it. */
  predict<Output extends Float32Array = Float32Array<ArrayBuffer>>(
    x: Inputs,
    options?: { batchSize?: number; output?: Output },
  ): Promise<Output>;
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What {@link connect} resolves to: the names of `mlp-wasm`. */
export interface RemoteMlp extends Remote<Library, 'init' | '_internals' | LocalName>, Pick<Library, LocalName> {
  /**
   * Ends the worker, whatever it is doing. Calls that wait for an answer are rejected, and so is every later
   * one.
   */
  terminate(): void;
  [Symbol.dispose](): void;
}

/** Options of {@link connect}: those of `init`, and what concerns the worker. */
export interface ConnectOptions extends InitOptions {
  /**
   * Where `worker-host.js` is. Default: beside this module, where Vite and webpack put it by themselves.
   * Beside it are the `mlp*.js` and `mlp*.wasm` that it loads.
   */
  workerUrl?: string | URL;
  /** How long its script may take to load and run, in milliseconds. Default 20,000. */
  timeoutMs?: number;
}

/**
 * Starts a worker, in Node a worker thread, and loads the core there. Data that is passed to it is copied,
 * unless it is marked by {@link transfer}; results are moved here. Callbacks, signals and errors work as they
 * do without a worker. Under Node, a worker with nothing to do does not keep the process alive.
 *
 * @throws {TypeError | RangeError} naming the option that is wrong.
 * @throws {Error} when the worker does not start or the core does not load, saying why.
 */
export async function connect(options: ConnectOptions = {}): Promise<RemoteMlp> {
  if (options === null || typeof options !== 'object')
    throw typeError('connect: options', 'an object', options);
  const { workerUrl, timeoutMs = TIMEOUT_MS, ...initOptions } = options;
  if (workerUrl !== undefined && typeof workerUrl !== 'string' && !(workerUrl instanceof URL)) {
    throw typeError('connect: workerUrl', 'a string or a URL', workerUrl);
  }
  checkInteger('connect: timeoutMs', timeoutMs, 1);
  const base = globalThis.document?.baseURI;
  if (base && typeof initOptions.wasmUrl === 'string' && initOptions.wasmUrl) {
    initOptions.wasmUrl = new URL(initOptions.wasmUrl, base); // as the page sees it, not the worker
  }

  let worker: Started | undefined;
  let ready = false;
  const end = (message: string, cause?: unknown) => {
    clearTimeout(timer);
    channel.close(message, cause);
    worker?.terminate();
  };
  const fail = (reason: string, cause?: unknown) =>
    end(`mlp-wasm: the worker ${ready ? 'ended' : 'could not be started'}: ${reason}`, cause);
  const channel = new Channel(
    {
      postMessage: (message, buffers) => worker!.postMessage(message, buffers),
      ref: () => worker?.ref?.(),
      unref: () => worker?.unref?.(),
    },
    false,
    (message) => {
      if (message.kind === 'crash') fail(message.message);
      ready = true;
      clearTimeout(timer);
    },
  );
  const timer = setTimeout(() => fail(`its script has not run within ${timeoutMs} ms`), timeoutMs);
  try {
    worker = start(workerUrl, (message) => channel.receive(message), fail);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error), error);
  }

  try {
    const mlp = (await channel.call(0, 'start', [initOptions])) as object;
    const terminate = () => end('mlp-wasm: the worker was terminated');
    connections.register(mlp, terminate);
    Object.assign(mlp, LOCAL, { terminate }, Symbol.dispose && { [Symbol.dispose]: terminate });
    return mlp as RemoteMlp;
  } catch (error) {
    end('mlp-wasm: the worker was terminated');
    throw error;
  }
}

// The net below terminate(): a worker that is forgotten, with all its models, ends.
const connections = new FinalizationRegistry<() => void>((terminate) => terminate());

interface Started extends Endpoint {
  terminate(): unknown;
}

/** Where a worker's script is named when it fails to load, which engines do not say. */
const UNLOADABLE =
  'its script could not be loaded: it is missing, not JavaScript, or forbidden by a Content-Security-Policy';

function start(
  workerUrl: string | URL | undefined,
  receive: (message: Message) => void,
  fail: (reason: string, cause?: unknown) => void,
): Started {
  const here = import.meta.url;
  const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (node) {
    // Not by the expression below, lest bundlers for the web make two files of it. No options of the process,
    // of which a worker refuses some.
    const worker = new node.Worker(new URL(workerUrl ?? 'worker-host.js', here), { execArgv: [] });
    worker.on('message', (message) => receive(message as Message));
    worker.on('messageerror', (error) => fail('a message could not be read', error));
    worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error), error));
    worker.on('exit', (code) => fail(`its thread ended with code ${String(code)}`));
    return worker;
  }
  const worker = workerUrl
    ? new Worker(workerUrl, { type: 'module' })
    : here.includes('/.vite/deps/')
      ? // The dev server of Vite 7 and before does not see the expression below, nor serve the file from there.
        new Worker(here.replace(/\/\.vite\/deps\/.*$/, '/mlp-wasm/dist/worker-host.js'), { type: 'module' })
      : // Bundlers find the worker by this very expression.
        new Worker(new URL('./worker-host.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<Message>) => receive(data);
  worker.onmessageerror = () => fail('a message could not be read');
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message || UNLOADABLE);
  };
  return worker;
}
