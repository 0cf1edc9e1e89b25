/** The options of `init`, and the description of what runs then. */
import { checkBoolean, checkInteger, checkObject, checkString, rangeError, typeError } from '../check/arguments.js';
import { asBytes } from '../check/bytes.js';
import { isUrl, tagOf } from '../check/realm.js';
import { supportsRelaxedSimd } from './features.js';

/** Options of {@link init}. */
export interface InitOptions {
  /**
   * Address of the .wasm file: `mlp.wasm` (in an engine without SIMD `mlp-scalar.wasm`), or with `simd` or `threads`
   * the one of that flavour. Default: beside this module.
   */
  wasmUrl?: string | URL;
  /** The bytes of that file, or what `WebAssembly.compile` made of them; then nothing is fetched. */
  wasmBinary?: ArrayBuffer | Uint8Array | WebAssembly.Module;
  /** How long the file may take to arrive, in milliseconds. Default 60,000. */
  timeoutMs?: number;
  /**
   * The instructions to use: `'relaxed'` (128-bit SIMD with multiply-add in one step, which rounds as the processor
   * does), `true` (128-bit SIMD without it) or `false` (none). Default: the first of these that the engine has, but
   * not `'relaxed'` with `deterministic`, `wasmUrl` or `wasmBinary`. {@link backend} says which it became.
   */
  simd?: 'relaxed' | boolean;
  /**
   * True for the same bits from the same seed in every engine and on every device. Without it the last bits may differ
   * between one processor or engine and another. Default false.
   */
  deterministic?: boolean;
  /**
   * Threads that share the work of large networks, or `'auto'`: as many as the device has processors. It takes shared
   * memory, which Node always has and a page only where it is cross-origin isolated (COOP and COEP headers); elsewhere
   * it is one thread, and a warning says why. The number of threads never changes a result. Default 1.
   */
  threads?: number | 'auto';
}

/** Result of {@link backend}. */
export interface Backend {
  /** The instructions in use, as {@link InitOptions.simd}. */
  simd: 'relaxed' | boolean;
  /** Threads that share the work. */
  threads: number;
  /** True if the same seed gives the same bits in every engine and on every device; false with relaxed SIMD. */
  deterministic: boolean;
}

/** Source of a module. */
export type WasmLocation = Pick<InitOptions, 'wasmUrl' | 'wasmBinary' | 'timeoutMs'>;

/** @throws {TypeError | RangeError} naming the option of `method` that is wrong. */
export function checkLocation(method: string, { wasmUrl, wasmBinary, timeoutMs }: WasmLocation): void {
  if (wasmUrl !== undefined && !isUrl(wasmUrl)) {
    if (typeof wasmUrl !== 'string') throw typeError(`${method}: wasmUrl`, 'a string or a URL', wasmUrl);
    checkString(`${method}: wasmUrl`, wasmUrl);
  }
  if (wasmBinary !== undefined && tagOf(wasmBinary) !== 'WebAssembly.Module') {
    asBytes(`${method}: wasmBinary`, wasmBinary, 'a Uint8Array, an ArrayBuffer or a WebAssembly.Module');
  }
  if (timeoutMs !== undefined) checkInteger(`${method}: timeoutMs`, timeoutMs, 1);
}

export function checkOptions(options: InitOptions): void {
  const { simd, deterministic, threads } = checkObject('init: options', options, [
    'wasmUrl',
    'wasmBinary',
    'timeoutMs',
    'simd',
    'deterministic',
    'threads',
  ]);
  checkLocation('init', options);
  if (simd !== undefined && simd !== 'relaxed' && typeof simd !== 'boolean') {
    throw typeError('init: simd', "'relaxed', true or false", simd);
  }
  if (deterministic !== undefined) checkBoolean('init: deterministic', deterministic);
  if (threads !== undefined && threads !== 'auto') checkInteger('init: threads', threads, 1, 32);
  if (simd === 'relaxed' && deterministic) throw rangeError('init: simd', 'true or false with deterministic', simd);
  if (simd === 'relaxed' && !supportsRelaxedSimd())
    throw rangeError('init: simd', 'true or false in an engine without relaxed SIMD', simd);
}
