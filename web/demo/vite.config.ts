/** Builds the page into `build/page`, for any static host under any path. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: './',
  // The first that fits counts.
  resolve: { alias: { 'mlp-wasm/digits': here('../../dist/digits.js'), 'mlp-wasm': here('../../dist/index.js') } },
  worker: { format: 'es' },
  build: {
    outDir: here('../../build/page'),
    emptyOutDir: true,
    // Nothing in data: URLs, which the page's Content-Security-Policy does not let it fetch.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What `light-dark()` needs; older browsers show the light theme.
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
  },
});
