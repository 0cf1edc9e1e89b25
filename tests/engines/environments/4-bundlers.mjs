/** Other bundlers, each with an app in src/ of which it makes dist/. */
import { filesBeside } from '../files-beside.mjs';

const ENTRY = './programs/page.mjs';

const page = (script, attributes = ' type="module"') =>
  `<!doctype html><title>App</title><link rel="icon" href="data:," />\n<script${attributes} src="${script}"></script>`;

const COPIED = 'the [files](../../web/docs/guide/where-it-runs.md#files-beside-a-bundle) beside the bundle';

/** Configuration of both webpack and Rspack; nothing in it is for mlp-wasm. */
const PACK_CONFIG = `export default {
  mode: 'production',
  entry: '${ENTRY}',
  output: { filename: 'app.js' },
};`;

/** The settings of a page whose bundle does not know where it is. */
const TOLD = {
  init: { wasmUrl: './mlp.wasm', threads: 1 },
  connect: { workerUrl: './worker-host.js' },
  loadDigits: { wasmUrl: './digits.wasm' },
};

const esbuild = (name, title, args, html, { settings, ...more } = {}) => ({
  name: `esbuild-${name}`,
  title: `esbuild, ${title}`,
  packages: { esbuild: 'latest' },
  files: { 'dist/index.html': html },
  ...more,
  async run(place) {
    await place.run(place.bin('esbuild'), ['--bundle', '--outfile=dist/app.js', ...args]);
    await place.copyFiles(filesBeside(), 'dist');
    const outcomes = [await place.visit(`${await place.serve('dist')}/`, { settings })];
    return { version: await place.version('esbuild'), outcomes };
  },
});

export default [
  {
    name: 'webpack',
    title: 'webpack',
    packages: { webpack: 'latest', 'webpack-cli': 'latest' },
    files: { 'webpack.config.js': PACK_CONFIG, 'dist/index.html': page('./app.js', ' defer') },
    async run(place) {
      await place.run(place.bin('webpack'), []);
      const outcomes = [await place.visit(`${await place.serve('dist')}/`)];
      return { version: await place.version('webpack'), outcomes };
    },
  },
  {
    name: 'rspack',
    title: 'Rspack',
    packages: { '@rspack/core': 'latest', '@rspack/cli': 'latest' },
    files: { 'rspack.config.js': PACK_CONFIG, 'dist/index.html': page('./app.js', ' defer') },
    async run(place) {
      await place.run(place.bin('rspack'), ['build']);
      const outcomes = [await place.visit(`${await place.serve('dist')}/`)];
      return { version: await place.version('@rspack/core'), outcomes };
    },
  },
  {
    name: 'rollup',
    title: 'Rollup',
    setting: `\`@rollup/plugin-node-resolve\`; ${COPIED}`,
    packages: { rollup: 'latest', '@rollup/plugin-node-resolve': 'latest' },
    files: { 'dist/index.html': page('./app.js') },
    async run(place) {
      const args = [ENTRY, '--file', 'dist/app.js', '--format', 'es', '--plugin', 'node-resolve'];
      await place.run(place.bin('rollup'), args);
      await place.copyFiles(filesBeside(), 'dist');
      const outcomes = [await place.visit(`${await place.serve('dist')}/`)];
      return { version: await place.version('rollup'), outcomes };
    },
  },
  esbuild('esm', '`esm`', [ENTRY, '--format=esm'], page('./app.js'), { setting: COPIED }),
  esbuild('iife', '`iife`', ['page.mjs', '--format=iife'], page('./app.js', ' defer'), {
    setting: `${COPIED}; \`wasmUrl\`, \`workerUrl\``,
    settings: TOLD,
    expects: { threads: 1 },
    files: { 'dist/index.html': page('./app.js', ' defer'), 'page.mjs': asFunction() },
  }),
  {
    name: 'esbuild-cjs',
    title: 'esbuild, `cjs`, in Node',
    setting: 'run where mlp-wasm is installed',
    packages: { esbuild: 'latest' },
    files: {
      'main.mjs': `import { all } from './programs/all.mjs';\nall().then((outcome) => console.log(JSON.stringify(outcome)));`,
    },
    async run(place) {
      await place.run(place.bin('esbuild'), [
        'main.mjs',
        '--bundle',
        '--platform=node',
        '--format=cjs',
        '--outfile=dist/app.cjs',
      ]);
      const outcomes = [await place.runPrograms(process.execPath, ['dist/app.cjs'])];
      return { version: await place.version('esbuild'), outcomes };
    },
  },
  {
    name: 'esbuild-node',
    title: 'esbuild, `esm`, in Node',
    setting: COPIED,
    packages: { esbuild: 'latest' },
    async run(place) {
      const args = ['programs/console.mjs', '--bundle', '--platform=node', '--format=esm', '--outfile=dist/app.mjs'];
      await place.run(place.bin('esbuild'), args);
      await place.copyFiles(filesBeside(), 'dist');
      const outcomes = [await place.runPrograms(process.execPath, ['dist/app.mjs'])];
      return { version: await place.version('esbuild'), outcomes };
    },
  },
  {
    name: 'parcel',
    title: 'Parcel',
    setting: '`"@parcel/resolver-default": { "packageExports": true }` in package.json',
    packages: { parcel: 'latest' },
    manifest: { '@parcel/resolver-default': { packageExports: true } },
    files: { 'index.html': page(ENTRY) },
    async run(place) {
      await place.run(place.bin('parcel'), ['build', 'index.html', '--no-source-maps', '--public-url', './']);
      const outcomes = [await place.visit(`${await place.serve('dist')}/`)];
      return { version: await place.version('parcel'), outcomes };
    },
  },
];

/** The page's program for formats without top-level await. */
function asFunction() {
  return `import { all } from './programs/all.mjs';
const asked = new URL(location.href).searchParams;
all(JSON.parse(asked.get('settings'))).then((outcome) =>
  fetch(asked.get('report'), { method: 'POST', body: JSON.stringify(outcome) }),
);`;
}
