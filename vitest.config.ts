import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

export default defineConfig({
  // The first that fits counts.
  resolve: {
    alias: {
      'mlp-wasm/internals': at('build/internals/index.js'),
      'mlp-wasm/charts': at('dist/charts.js'),
      'mlp-wasm/digits': at('dist/digits.js'),
      'mlp-wasm/files': at('dist/files.js'),
      'mlp-wasm/predict': at('dist/predict.js'),
      'mlp-wasm/storage': at('dist/storage.js'),
      'mlp-wasm/tables': at('dist/tables.js'),
      'mlp-wasm/worker': at('dist/worker.js'),
      'mlp-wasm': at('dist/index.js'),
    },
  },
  test: {
    include: ['tests/js/**/*.test.ts', 'tests/browser/**/*.test.ts'],
    maxWorkers: availableParallelism(), // by default one fewer, which of two cores leaves one idle
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
