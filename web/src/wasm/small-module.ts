/** WebAssembly modules without glue, which import nothing, and are loaded by whatever needs them first. */
import { supportsSimd } from './features.js';
import { loadWasm } from './fetch.js';
import type { WasmLocation } from './options.js';

/** A file of the package, and how bundlers find it: see `movedTo`. */
type Build = readonly [file: string, beside: () => URL];

export class SmallModule<Exports> {
  readonly #simd: Build;
  readonly #scalar: Build;
  readonly #proof: keyof Exports & string;
  #pending: Promise<Exports> | undefined;
  /** The module's exports, once it is loaded. */
  exports: Exports | undefined;

  /** `proof`: an export that no other module has. */
  constructor(simd: Build, scalar: Build, proof: keyof Exports & string) {
    this.#simd = simd;
    this.#scalar = scalar;
    this.#proof = proof;
  }

  /**
   * The module's exports. Further calls, with whatever options, wait for the first one; after a failure the next call
   * tries again.
   *
   * @throws {Error} naming the address that was tried, when the file is missing, unreachable or not the module.
   */
  async load(options: WasmLocation = {}): Promise<Exports> {
    const [file, beside] = supportsSimd() ? this.#simd : this.#scalar;
    this.#pending ??= loadWasm(options, file, beside, async (compiled) => {
      const { exports } = await WebAssembly.instantiate(compiled);
      if (!(this.#proof in exports)) throw new Error('it is another module');
      return (this.exports = exports as unknown as Exports);
    });
    try {
      return await this.#pending;
    } catch (error) {
      this.#pending = undefined;
      throw error;
    }
  }
}
