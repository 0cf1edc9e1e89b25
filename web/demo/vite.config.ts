/** Builds the page into `build/page`, for any static host under any path. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Headers that let the page share memory between threads, here and on any host that sends them. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Tells the page whether the build has MNIST's files beside it, so that it does not ask for missing files. */
const mnistBeside: Plugin = {
  name: 'mnist-beside',
  transformIndexHtml: (html) =>
    existsSync(here('public/data/train-images-idx3-ubyte.gz'))
      ? html.replace('<html', '<html data-mnist="served"')
      : html,
};

/** The link to the documentation: beside the page in the folder of `npm run site`, else the project's own page. */
const docsLink: Plugin = {
  name: 'docs-link',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => {
      const { homepage } = JSON.parse(readFileSync(here('../../package.json'), 'utf8')) as { homepage: string };
      return html.replace('%DOCS%', process.env['DOCS_SITE'] ? '../' : homepage);
    },
  },
};

/** The service worker, with the names of all files to keep: those of the build, and those of public/. */
const offline: Plugin = {
  name: 'offline',
  apply: 'build',
  generateBundle: {
    order: 'post', // after Vite has taken away the scripts of chunks that hold styles alone
    handler(_, bundle) {
      const kept = readdirSync(here('public')).filter((name) => /\.(safetensors|svg|png|webmanifest)$/.test(name));
      const version = createHash('sha256').update(Object.keys(bundle).join());
      for (const name of kept) version.update(readFileSync(here(`public/${name}`)));
      const files = ['./', ...Object.keys(bundle).filter((name) => name !== 'index.html'), ...kept];
      const source = readFileSync(here('worker/offline.js'), 'utf8')
        .replace('/* global FILES, VERSION */\n', '')
        .replaceAll('FILES', JSON.stringify(files))
        .replaceAll('VERSION', JSON.stringify(version.digest('hex').slice(0, 16)));
      this.emitFile({ type: 'asset', fileName: 'offline.js', source });
    },
  },
};

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [mnistBeside, docsLink, offline],
  // The first that fits counts.
  resolve: {
    alias: {
      'mlp-wasm/charts': here('../../dist/charts.js'),
      'mlp-wasm/digits': here('../../dist/digits.js'),
      'mlp-wasm/files': here('../../dist/files.js'),
      'mlp-wasm/predict': here('../../dist/predict.js'),
      'mlp-wasm/tables': here('../../dist/tables.js'),
      'mlp-wasm/worker': here('../../dist/worker.js'),
      'mlp-wasm': here('../../dist/index.js'),
    },
  },
  worker: { format: 'es' },
  server: { headers: ISOLATION },
  preview: { headers: ISOLATION },
  build: {
    outDir: here('../../build/page'),
    emptyOutDir: true,
    // Nothing in data: URLs, which the page's Content-Security-Policy does not let it fetch.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The browsers that have `light-dark()`; older ones show the light theme.
    cssTarget: ['chrome123', 'firefox128', 'safari17.5'],
  },
});
