/** The builds of the module that there are, and which of them suits an engine. */
import { supportsRelaxedSimd, supportsSimd } from './features.js';
import type { Backend, InitOptions } from './options.js';

interface Flavour extends Pick<Backend, 'simd'> {
  shared: boolean;
  file: string;
  /** Written out in each flavour, because bundlers and file tracers find the files by these very expressions. */
  url(): URL;
}

/** The modules there are. */
const FLAVOURS: Flavour[] = [
  {
    simd: 'relaxed',
    shared: true,
    file: 'mlp-relaxed-threads.wasm',
    url() {
      return new URL('./mlp-relaxed-threads.wasm', import.meta.url);
    },
  },
  {
    simd: true,
    shared: true,
    file: 'mlp-threads.wasm',
    url() {
      return new URL('./mlp-threads.wasm', import.meta.url);
    },
  },
  {
    simd: 'relaxed',
    shared: false,
    file: 'mlp-relaxed.wasm',
    url() {
      return new URL('./mlp-relaxed.wasm', import.meta.url);
    },
  },
  {
    simd: true,
    shared: false,
    file: 'mlp.wasm',
    url() {
      return new URL('./mlp.wasm', import.meta.url);
    },
  },
  {
    simd: false,
    shared: false,
    file: 'mlp-scalar.wasm',
    url() {
      return new URL('./mlp-scalar.wasm', import.meta.url);
    },
  },
];

/** The fastest instructions that the engine has and the options allow. */
function chooseInstructions({ simd, deterministic, wasmUrl, wasmBinary }: InitOptions): Backend['simd'] {
  if (simd !== undefined) return simd;
  // The caller's own file is taken for mlp.wasm, without relaxed SIMD, unless `simd` says otherwise.
  const relaxed = !deterministic && wasmUrl === undefined && wasmBinary === undefined;
  if (relaxed && supportsRelaxedSimd()) return 'relaxed';
  return supportsSimd();
}

/** `shared`: with memory that threads share, where there is such a flavour. */
export function chooseFlavour(options: InitOptions, shared: boolean): Flavour {
  const simd = chooseInstructions(options);
  return FLAVOURS.find((flavour) => flavour.simd === simd && (shared || !flavour.shared))!;
}
