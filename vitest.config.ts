import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const dist = (file: string): string => fileURLToPath(new URL(`dist/${file}`, import.meta.url));

export default defineConfig({
  // The first that fits counts.
  resolve: {
    alias: {
      'mlp-wasm/digits': dist('digits.js'),
      'mlp-wasm/worker': dist('worker.js'),
      'mlp-wasm': dist('index.js'),
    },
  },
  test: {
    include: ['tests/js/**/*.test.ts', 'tests/browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
