import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { 'mlp-wasm': fileURLToPath(new URL('dist/index.js', import.meta.url)) } },
  test: {
    include: ['tests/js/**/*.test.ts', 'tests/browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
