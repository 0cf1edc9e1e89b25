/** Instantiates the network's module. No other file does. */
import CATALOGUE from './catalogue.js';
import createMlp from './mlp.js';
import { rangeError } from '../check/arguments.js';
import { messageOf, tagOf } from '../check/realm.js';
import { warnOnce } from '../check/warn.js';
import { loadWasm } from './fetch.js';
import { chooseFlavour } from './flavours.js';
import type { Catalogue, InstantiateWasm, MlpModule } from './native.js';
import { checkOptions, type Backend, type InitOptions } from './options.js';
import { movedTo } from './location.js';
import { poolIsLost, processors, startPool, whyNotShared } from './pool.js';

interface Loaded {
  module: MlpModule;
  backend: Backend;
}

/** The module that is loaded or being loaded, and the options of the call that asked for it. */
let pending: { options: InitOptions; loading: Promise<Loaded> } | undefined;

let ready: (Loaded & { catalogue: Catalogue }) | undefined;

/**
 * Loads the WebAssembly module; everything else needs it. It is loaded once: further calls wait for the first one, and
 * are refused where they ask for other instructions or threads, or for deterministic bits that it does not give; their
 * addresses are not looked at. After a failure the next call tries again.
 *
 * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
 * @throws {TypeError | RangeError} naming the option that is wrong, or that the module already loaded does not fulfil.
 */
export async function init(options: InitOptions = {}): Promise<void> {
  checkOptions(options);
  pending ??= { options: { ...options }, loading: load(options) };
  const { loading, options: first } = pending;
  try {
    const { module, backend } = await loading;
    // Here, so that a page whose models live in a worker, and which never calls init(), does not carry the catalogue.
    ready ??= { module, backend, catalogue: CATALOGUE };
  } catch (error) {
    if (pending?.loading === loading) pending = undefined;
    throw error;
  }
  checkFulfilled(options, first);
}

/** @throws {RangeError} if the module, loaded with the options of the first call, is not what a later one asks for. */
function checkFulfilled({ simd, deterministic, threads }: InitOptions, first: InitOptions): void {
  const running = backend();
  const refuse = (option: string, asked: unknown) => {
    const { simd, threads, deterministic } = running;
    const now = `simd: ${simd}, threads: ${threads}, deterministic: ${deterministic}`;
    throw rangeError(`init: ${option}`, `what runs since the first init() (${now})`, asked);
  };
  if (simd !== undefined && simd !== running.simd) refuse('simd', simd);
  if (deterministic && !running.deterministic) refuse('deterministic', deterministic);
  const wanted = threads === 'auto' ? processors() : threads;
  if (threads !== first.threads && wanted !== undefined && wanted !== running.threads) refuse('threads', threads);
}

/** The module, once {@link init} is done. */
export function mlp(): MlpModule {
  return loaded().module;
}

/** The instructions and threads in use, once {@link init} is done. */
export function backend(): Backend {
  const { backend } = loaded();
  return poolIsLost() ? { ...backend, threads: 1 } : { ...backend };
}

/** The core's names, once {@link init} is done. */
export function catalogue(): Catalogue {
  return loaded().catalogue;
}

/** True once {@link init} is done. */
export function isLoaded(): boolean {
  return ready !== undefined;
}

function loaded() {
  if (!ready) throw new Error('mlp-wasm is not loaded yet: call `await init()` first');
  return ready;
}

async function load(options: InitOptions): Promise<Loaded> {
  const { threads = 1 } = options;
  const wanted = threads === 'auto' ? processors() : threads;
  if (wanted === 1) return loadFlavour(options, 1);
  const obstacle = whyNotShared();
  if (obstacle === undefined) {
    try {
      return await loadFlavour(options, wanted);
    } catch (error) {
      // For a file that the caller brings there is no counterpart without threads to fall back to.
      if (options.wasmUrl !== undefined || options.wasmBinary !== undefined) throw error;
      warnOfOneThread(threads, messageOf(error));
    }
  } else {
    warnOfOneThread(threads, obstacle);
  }
  return loadFlavour(options, 1);
}

function warnOfOneThread(threads: number | 'auto', reason: string): void {
  warnOnce(`threads: ${threads} were asked for and it is 1, because ${reason}`);
}

async function loadFlavour(options: InitOptions, threads: number): Promise<Loaded> {
  const { file, shared, simd, url } = chooseFlavour(options, threads > 1);
  // The glue is fetched while the module is, because each takes a round trip to the server.
  const asked = shared ? importThreadedGlue() : undefined;
  asked?.catch(() => {}); // awaited below; if the module fails first, nobody is left to handle this rejection
  return loadWasm(options, file, url, async (compiled) => {
    const create = (await asked) ?? createMlp;
    let memory: WebAssembly.Memory | undefined;
    const module = await new Promise<MlpModule>((resolve, reject) => {
      const instantiateWasm: InstantiateWasm = (imports, receive) => {
        memory = Object.values(imports)
          .flatMap(Object.values)
          .find((value) => tagOf(value) === 'WebAssembly.Memory');
        WebAssembly.instantiate(compiled, imports)
          .then((instance) => receive(instance, compiled))
          .catch(reject);
        return {};
      };
      create({ instantiateWasm }).then(resolve, reject);
    });
    let poolSize = 1;
    if (shared) {
      try {
        await startPool(module, compiled, memory!, threads - 1);
        poolSize = threads;
      } catch (error) {
        warnOfOneThread(threads, `its workers did not start from ${messageOf(error)}`);
      }
    }
    return { module, backend: { simd, threads: poolSize, deterministic: simd !== 'relaxed' } };
  });
}

/**
 * Imports the glue by its address, not by its name, because bundlers follow names: those that make a worker one classic
 * script refuse it (Vite 5 to 7) or put the glue into every worker (Vite 8). An address is a file to them, which they
 * leave as it is.
 */
async function importThreadedGlue(): Promise<typeof createMlp> {
  const glue = (await import(
    /* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ await glueAddress()
  )) as { default?: typeof createMlp };
  // Parcel makes a script of the file, which exports nothing.
  const found = glue.default ?? (globalThis as { [GLUE]?: typeof createMlp })[GLUE];
  if (!found) throw new Error(`${await glueAddress()} is not the mlp-threads.js of this mlp-wasm`);
  return found;
}

/** Global property in which the glue leaves itself as well: see scripts/build.mjs. */
const GLUE = Symbol.for('mlp-wasm/mlp-threads.js');

async function glueAddress(): Promise<string> {
  return (await movedTo('mlp-threads.js', glueUrl)) ?? glueUrl().href;
}

function glueUrl(): URL {
  return new URL('./mlp-threads.js', import.meta.url);
}
