/** Loads the WebAssembly module. No other file does, and no other file knows its flavours. */
import { checkBoolean, checkObject, checkString, typeError } from './check.js';
import { asBytes } from './formats/input.js';
import type { InitOptions } from './types.js';

/** A number that is an address in the module's memory. */
export type Pointer = number;

/** What `cpp/bindings.cc` binds as `Model`. */
export interface NativeModel {
  addDense(layer: object): void;
  compile(loss: object, metricNames: string[], optimizer: object): void;
  predict(x: Pointer, rows: number, batchSize: number, outputs: Pointer): void;
  evaluate(
    x: Pointer,
    targets: Pointer,
    classes: Pointer,
    first: number,
    count: number,
    batchSize: number,
  ): number[];
  forward(x: Pointer, rows: number): void;
  lossAndGradients(x: Pointer, targets: Pointer, rows: number): number;
  gradientCheck(
    x: Pointer,
    targets: Pointer,
    rows: number,
    samples: number,
    floorShare: number,
  ): {
    worstRelativeError: number;
    parameter: number;
    analytic: number;
    numeric: number;
    checked: number;
    skipped: number;
  };
  gradientNorms(
    x: Pointer,
    targets: Pointer,
    rows: number,
  ): { delta: number; kernelGrad: number; biasGrad: number }[];
  sharpness(
    x: Pointer,
    targets: Pointer,
    rows: number,
    maxIterations: number,
    tolerance: number,
  ): { lambdaMax: number; iterations: number; converged: boolean };
  parameters(): Pointer;
  gradients(): Pointer;
  z(layer: number): Pointer;
  a(layer: number): Pointer;
  delta(layer: number): Pointer;
  delete(): void;
}

/** What `cpp/bindings.cc` binds as `Trainer`. */
export interface NativeTrainer {
  beginEpoch(): void;
  run(maxBatches: number, budgetMs: number): void;
  batch(): number;
  batchesPerEpoch(): number;
  epochDone(): boolean;
  sums(): number[];
  delete(): void;
}

/** Every name that the core knows, with defaults and limits. */
export interface Catalogue {
  activations: { name: string; alpha: number }[];
  losses: { name: string; targets: TargetKind; hasLogits: boolean }[];
  optimizers: { name: string; options: { name: string; default: number; low: number; high: number }[] }[];
  initializers: { name: string }[];
  metrics: { name: string }[];
}
export type TargetKind = 'any' | 'probability' | 'sign' | 'nonNegative' | 'classIndex';

/** The instantiated module. */
export interface MlpModule {
  HEAPU8: Uint8Array<ArrayBuffer>;
  _malloc(bytes: number): Pointer;
  _free(pointer: Pointer): void;
  Model: new (features: number, seed: number) => NativeModel;
  Trainer: new (
    model: NativeModel,
    x: Pointer,
    targets: Pointer,
    classes: Pointer,
    rows: number,
    batchSize: number,
    shuffle: boolean,
  ) => NativeTrainer;
  normalizeDigit(ink: Pointer, width: number, height: number, out: Pointer): boolean;
  generateDigits(seed: number, first: number, count: number, pixels: Pointer, labels: Pointer): void;
  catalogue(): Catalogue;
}

let pending: Promise<MlpModule> | undefined;
let ready: { module: MlpModule; catalogue: Catalogue } | undefined;

/**
 * Loads the WebAssembly module; everything else needs it. Further calls, with whatever options, wait for the
 * first one; after a failure the next call tries again.
 *
 * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
 * @throws {TypeError | RangeError} naming the option that is wrong.
 */
export async function init(options: InitOptions = {}): Promise<void> {
  checkOptions(options);
  pending ??= load(options);
  try {
    const module = await pending;
    ready ??= { module, catalogue: module.catalogue() };
  } catch (error) {
    pending = undefined;
    throw error;
  }
}

function checkOptions(options: InitOptions): void {
  const { wasmUrl, wasmBinary, simd } = checkObject('init: options', options, ['wasmUrl', 'wasmBinary', 'simd']);
  if (wasmUrl !== undefined && !(wasmUrl instanceof URL)) {
    if (typeof wasmUrl !== 'string') throw typeError('init: wasmUrl', 'a string or a URL', wasmUrl);
    checkString('init: wasmUrl', wasmUrl);
  }
  if (wasmBinary !== undefined) asBytes('init: wasmBinary', wasmBinary);
  if (simd !== undefined) checkBoolean('init: simd', simd);
}

/** The module, once {@link init} is done. */
export function mlp(): MlpModule {
  return loaded().module;
}

/** The core's names, once {@link init} is done. */
export function catalogue(): Catalogue {
  return loaded().catalogue;
}

function loaded() {
  if (!ready) throw new Error('mlp-wasm is not loaded yet: call `await init()` first');
  return ready;
}

async function load({ wasmUrl, wasmBinary, simd = supportsSimd() }: InitOptions): Promise<MlpModule> {
  const glue = simd ? await import('./mlp.js') : await import('./mlp-scalar.js');
  const beside = simd ? new URL('./mlp.wasm', import.meta.url) : new URL('./mlp-scalar.wasm', import.meta.url);
  const url = wasmUrl ?? unbundled(beside);
  const source = wasmBinary ? 'the given wasmBinary' : String(url);
  try {
    const compiled = wasmBinary ? await WebAssembly.compile(wasmBinary as BufferSource) : await compileFrom(url);
    return await new Promise<MlpModule>((resolve, reject) => {
      const instantiateWasm = (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => {
        WebAssembly.instantiate(compiled, imports).then(receive).catch(reject);
        return {};
      };
      glue.default({ instantiateWasm }).then(resolve, reject);
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`mlp-wasm: could not load the WebAssembly module from ${source}: ${reason}`, { cause });
  }
}

/**
 * The dev server of Vite 7 and before serves packages bundled anew from `node_modules/.vite/deps`, without the files
 * that lie beside them.
 */
function unbundled({ href }: URL): string {
  return href.replace(/\/\.vite\/deps\/(?=[^/]+$)/, '/mlp-wasm/dist/');
}

async function compileFrom(url: string | URL): Promise<WebAssembly.Module> {
  if (String(url).startsWith('file:')) {
    // Not an import, which bundlers for the web would try to resolve.
    const { readFile } = process.getBuiltinModule('node:fs/promises');
    return WebAssembly.compile(await readFile(new URL(url)));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  // Streaming insists on the right media type and nothing beside it; servers do not all send just that.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** Whether the engine runs 128-bit SIMD: a module of one function, `i8x16.popcnt(i8x16.splat(0))`. */
function supportsSimd(): boolean {
  return WebAssembly.validate(
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
    ]),
  );
}

/** Of Node's global object: all that is used of it. */
declare const process: {
  getBuiltinModule(name: 'node:fs/promises'): { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> };
};
