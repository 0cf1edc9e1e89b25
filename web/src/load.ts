/** Gets WebAssembly modules compiled. No other file fetches or reads one. */
import { checkString, typeError } from './check.js';
import { asBytes } from './formats/input.js';
import type { InitOptions } from './types.js';

/** Where a module comes from. */
export type WasmSource = Pick<InitOptions, 'wasmUrl' | 'wasmBinary'>;

/** @throws {TypeError | RangeError} naming what is wrong of the options of `method`. */
export function checkSource(method: string, { wasmUrl, wasmBinary }: WasmSource): void {
  if (wasmUrl !== undefined && !(wasmUrl instanceof URL)) {
    if (typeof wasmUrl !== 'string') throw typeError(`${method}: wasmUrl`, 'a string or a URL', wasmUrl);
    checkString(`${method}: wasmUrl`, wasmUrl);
  }
  if (wasmBinary !== undefined) asBytes(`${method}: wasmBinary`, wasmBinary);
}

/**
 * Compiles a module and hands it on to be instantiated.
 *
 * @param source where it is said to be
 * @param beside where it is when nothing is said
 * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
 */
export async function loadWasm<Result>(
  { wasmUrl, wasmBinary }: WasmSource,
  beside: URL,
  instantiate: (compiled: WebAssembly.Module) => Promise<Result>,
): Promise<Result> {
  const url = wasmUrl ?? unbundled(beside);
  try {
    return await instantiate(
      await (wasmBinary ? WebAssembly.compile(wasmBinary as BufferSource) : compileFrom(url)),
    );
  } catch (cause) {
    const source = wasmBinary ? 'the given wasmBinary' : String(url);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`mlp-wasm: could not load the WebAssembly module from ${source}: ${reason}`, { cause });
  }
}

/** Whether the engine runs 128-bit SIMD: a module of one function, `i8x16.popcnt(i8x16.splat(0))`. */
export function supportsSimd(): boolean {
  return WebAssembly.validate(
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253,
      98, 11,
    ]),
  );
}

/** The same for relaxed SIMD: `f32x4.relaxed_madd` of three `i8x16.splat(0)`. */
export function supportsRelaxedSimd(): boolean {
  return WebAssembly.validate(
    new Uint8Array([
      0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 15, 65,
      0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11,
    ]),
  );
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
    const { readFile } = process!.getBuiltinModule('node:fs/promises');
    return WebAssembly.compile(await readFile(new URL(url)));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
  // Streaming insists on the right media type and nothing beside it; servers do not all send just that.
  return response.headers.get('content-type') === 'application/wasm'
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}
