/**
 * The package in a worker: `connect` starts one, and everything has the names of `mlp-wasm` and answers by
 * promises.
 *
 * @packageDocumentation
 */
import type * as library from '../index.js';
import { checkFunction, checkInteger, isPlain, typeError } from '../check/arguments.js';
import { isUrl, messageOf, type Floats } from '../check/realm.js';
import type { Inputs } from '../data/samples.js';
import {
  activation,
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  layerNormalization,
  normalization,
} from '../model/layers.js';
import { schedules, warmup } from '../model/schedules.js';
import type { InitOptions } from '../wasm/options.js';
import { Channel } from './channel.js';
import { Snapshots } from './snapshots.js';
import { findHost, hasWorkers, hostUrl, start, type Started } from './start.js';

declare global {
  interface SymbolConstructor {
    /** For programs compiled without the library `ESNext.Disposable`. */
    readonly asyncDispose: unique symbol;
  }
}

/** How long the worker's script may take to load and run by default, in milliseconds. */
const TIMEOUT_MS = 20_000;

type Library = typeof library;

/** Functions that only describe something: they run in the page, because their results are wanted at once. */
type LocalName =
  | {
      [Name in keyof Library]: Library[Name] extends (...args: never[]) => { className: string } ? Name : never;
    }[keyof Library]
  | 'schedules'
  | 'warmup';

/** The functions of {@link LocalName}; the compiler tells when one is missing. */
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

/** A function of the worker as the page calls it: in arguments and results, a {@link RemoteModel} for every model. */
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
 * as of the last message from the worker; those that can be set there can be set here, `learningRate` to numbers and
 * schedules, not to functions, because their answers would come too late. A value that is refused is reported as an
 * unhandled rejection, because an assignment returns no promise. A model that nothing refers to any more is disposed
 * of.
 */
export interface RemoteModel extends Remote<library.Sequential, 'predict' | 'learningRate' | typeof Symbol.dispose> {
  get learningRate(): number;
  set learningRate(value: number | library.Schedule);
  /** As {@link Sequential.predict}. An `output` is filled here when the promise resolves to it. */
  predict<Output extends Float32Array = Floats>(x: Inputs, options?: library.PredictOptions<Output>): Promise<Output>;
  [Symbol.dispose](): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Result of {@link connect}: the names of `mlp-wasm`. */
export interface RemoteMlp extends Remote<Library, 'init' | LocalName>, Pick<Library, LocalName> {
  /**
   * Resolves when there is a worker: at once, or while a dead one is being replaced, after that
   * ({@link ConnectOptions.onRestart}). If replacing fails it rejects, as every call does from then on.
   */
  readonly restarted: Promise<void>;
  /**
   * Ends the worker, whatever it is doing. Calls that wait for an answer are rejected, and so is every later
   * one.
   */
  terminate(): void;
  [Symbol.dispose](): void;
}

/** Argument of {@link ConnectOptions.onRestart}. */
export interface Restart {
  /** Why the worker ended. */
  reason: string;
  /** The models that are there again, each the same object as before. */
  models: RemoteModel[];
}

/** Options of {@link connect}: those of `init`, and those of the worker. */
export interface ConnectOptions extends InitOptions {
  /**
   * Address of `worker-host.js`. Default: beside this module, where Vite and webpack put it by themselves.
   * Beside it are the `mlp*.js` and `mlp*.wasm` that it loads. It may be of another origin, which must send CORS headers.
   */
  workerUrl?: string | URL;
  /** How long its script may take to load and run, and then the core to load, each in milliseconds. Default 20,000. */
  timeoutMs?: number;
  /**
   * If given, a worker that dies is replaced: calls that waited for an answer reject, a new worker starts, and the same
   * objects stand for the models again, as these were after their last epoch or the last call that changed them
   * (`compile`, `adapt`, `setWeights`, training), because a checkpoint of each is kept in the page. Such a
   * call answers when it is kept, and else rejects. Then this is called. Calls that are made meanwhile wait. `fit` with `resume: true` goes on from there, to the same bits.
   */
  onRestart?: (restart: Restart) => void;
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
  if (options === null || typeof options !== 'object' || !isPlain(options))
    throw typeError('connect: options', 'an object', options);
  const { workerUrl: given, timeoutMs = TIMEOUT_MS, onRestart, ...initOptions } = options;
  if (given !== undefined && typeof given !== 'string' && !isUrl(given)) {
    throw typeError('connect: workerUrl', 'a string or a URL', given);
  }
  checkInteger('connect: timeoutMs', timeoutMs, 1);
  if (onRestart !== undefined) checkFunction('connect: onRestart', onRestart);
  if (!hasWorkers()) throw new Error('mlp-wasm: this engine has no workers: use mlp-wasm itself, without connect()');
  const base = globalThis.document?.baseURI;
  if (base && typeof initOptions.wasmUrl === 'string' && initOptions.wasmUrl) {
    initOptions.wasmUrl = new URL(initOptions.wasmUrl, base); // as the page sees it, not the worker
  }
  const workerUrl = given ?? (await findHost());

  let worker: Started | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** True once the present worker can be used; false while it starts. */
  let isReady = false;
  /** True once its script has run. */
  let hasRun = false;
  let restarted = Promise.resolve();
  let remote: WeakRef<object> | undefined;
  const snapshots = onRestart && new Snapshots((error): error is Error => channel.isOfItsEnd(error));

  const end = (message: string, cause?: unknown) => {
    clearTimeout(timer);
    channel.close(message, cause);
    worker?.terminate();
  };
  const fail = (reason: string, cause?: unknown) => {
    if (isReady && snapshots) restart(snapshots, reason, cause);
    else end(`mlp-wasm: the worker ${hasRun ? 'ended' : 'could not be started'}: ${reason}`, cause);
  };
  const channel = new Channel(
    {
      postMessage: (message, buffers) => worker!.postMessage(message, buffers),
      ref: () => worker?.ref?.(),
      unref: () => worker?.unref?.(),
    },
    false,
    {
      onNews(news) {
        if (news.kind === 'crash') return fail(news.message);
        hasRun = true;
        const from = initOptions.wasmUrl ?? `beside ${hostUrl(workerUrl)}`;
        limit(`the core has not been loaded from ${String(from)}`);
      },
      onObject: (object) => snapshots?.watch(object),
    },
  );
  const limit = (what: string) => {
    clearTimeout(timer);
    const late = () => end(`mlp-wasm: the worker could not be started: ${what} within ${timeoutMs} ms`);
    timer = setTimeout(late, timeoutMs);
  };
  /** Starts a worker; resolves to the object that it offers. */
  const launch = async (): Promise<object> => {
    isReady = hasRun = false;
    worker = undefined;
    let own: Started | undefined;
    let isOver = false; // true if start() threw, when there is no `own` to compare
    const isPresent = () => !isOver && own === worker;
    limit(`its script has not run from ${hostUrl(workerUrl)}`);
    try {
      own = worker = start(workerUrl, {
        receive: (message) => isPresent() && channel.receive(message),
        fail: (reason, cause) => isPresent() && fail(reason, cause),
      });
    } catch (error) {
      isOver = true;
      fail(messageOf(error), error);
    }
    const offered = (await channel.start('start', [initOptions])) as object;
    clearTimeout(timer);
    isReady = true;
    return offered;
  };
  const restart = (snapshots: Snapshots, reason: string, cause: unknown) => {
    const dead = worker;
    worker = undefined;
    isReady = false;
    dead?.terminate();
    let begin!: () => void;
    restarted = new Promise<void>((resolve) => (begin = resolve)).then(async () => {
      const successor = await launch();
      isReady = false; // because one that dies while the models come back would do so for ever
      const models = await snapshots.restore(successor as never, channel);
      const mlp = remote?.deref();
      if (mlp) channel.replace(mlp, successor);
      isReady = true;
      onRestart!({ reason, models: models as RemoteModel[] });
    });
    restarted.catch((error: unknown) => end(`mlp-wasm: the worker could not be replaced: ${messageOf(error)}`, error));
    channel.restart(`mlp-wasm: the worker ended: ${reason}`, cause, restarted);
    begin();
  };

  try {
    const mlp = await launch();
    remote = new WeakRef(mlp);
    const terminate = () => end('mlp-wasm: the worker was terminated');
    connections.register(mlp, terminate);
    Object.assign(mlp, LOCAL, { terminate }, Symbol.dispose && { [Symbol.dispose]: terminate });
    Object.defineProperty(mlp, 'restarted', { get: () => restarted, enumerable: true });
    return mlp as RemoteMlp;
  } catch (error) {
    end('mlp-wasm: the worker was terminated');
    throw error;
  }
}

// For programs that forget terminate(): a worker ends when nothing refers to it and its models any more.
const connections = new FinalizationRegistry<() => void>((terminate) => terminate());

export { transfer } from './values.js';
export type * from '../index.js';
