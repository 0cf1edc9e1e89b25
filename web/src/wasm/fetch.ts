/** Gets WebAssembly modules compiled. No other file fetches or reads one. */
import { asBytes, quote } from '../check/bytes.js';
import { messageOf, tagOf, type ByteArray } from '../check/realm.js';
import { movedTo } from './location.js';
import type { WasmLocation } from './options.js';

/** How long a module may take to arrive by default, in milliseconds: a kB a second is enough. */
const TIMEOUT_MS = 60_000;

/**
 * Compiles a module and hands it on to be instantiated.
 *
 * @param source its address or bytes as the caller gave them, if any
 * @param file its name in the package
 * @param beside its address by default: see {@link movedTo}
 * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
 */
export async function loadWasm<Result>(
  { wasmUrl, wasmBinary, timeoutMs = TIMEOUT_MS }: WasmLocation,
  file: string,
  beside: () => URL,
  instantiate: (compiled: WebAssembly.Module) => Promise<Result>,
): Promise<Result> {
  let source = wasmBinary ? 'the given wasmBinary' : String(wasmUrl ?? file);
  try {
    if (wasmBinary) return await instantiate(await compileGiven(wasmBinary));
    if (wasmUrl === undefined) source = (await movedTo(file, beside)) ?? beside().href;
    return await instantiate(await compileFrom(source, timeoutMs));
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Error(
      `mlp-wasm: could not load the WebAssembly module from ${source}: ${reason}. ${cureFor(reason, file)}`,
      { cause },
    );
  }
}

/** Errors of engines that a Content Security Policy forbids to compile. */
const FORBIDDEN = /unsafe-eval|Content.Security.Policy|\bCSP\b|disallowed by embedder/i;

function cureFor(reason: string, file: string): string {
  return FORBIDDEN.test(reason)
    ? "Content-Security-Policy needs script-src 'wasm-unsafe-eval'; on Cloudflare import the file as wasmBinary"
    : `Expected ${file} of this mlp-wasm, beside it or at wasmUrl`;
}

async function compileGiven(given: NonNullable<WasmLocation['wasmBinary']>): Promise<WebAssembly.Module> {
  return tagOf(given) === 'WebAssembly.Module' ? given : compile(given as ArrayBuffer);
}

async function compileFrom(url: string, timeoutMs: number): Promise<WebAssembly.Module> {
  if (url.startsWith('file:')) {
    // Not an import, which bundlers for the web would try to resolve.
    const { readFile } = globalThis.process!.getBuiltinModule('node:fs/promises');
    return compile(await readFile(new URL(url)));
  }
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trim());
    // Streaming is tried for exactly this media type only, because it refuses all others, which servers do send.
    return response.headers.get('content-type') === 'application/wasm'
      ? await WebAssembly.compileStreaming(response)
      : await compile(await response.arrayBuffer());
  } catch (cause) {
    if (!signal.aborted) throw cause;
    throw new Error(`it has not arrived within ${timeoutMs} ms, the timeoutMs`, { cause });
  }
}

/**
 * Compiles the bytes. If they are no module the error quotes their beginning, because that shows when it is an HTML
 * page.
 */
function compile(bytes: ByteArray | ArrayBuffer): Promise<WebAssembly.Module> {
  const begin = new TextDecoder().decode(asBytes('', bytes).subarray(0, 40));
  if (!begin.startsWith('\0asm')) throw new Error(`it is not WebAssembly: it begins with ${quote(begin)}`);
  return WebAssembly.compile(bytes);
}
