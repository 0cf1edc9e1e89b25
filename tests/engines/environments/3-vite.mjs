/** Vite, built and served by its dev server, alone and in a workspace. */
import { BROWSERS } from '../browsers.mjs';
import { CDN_SETTING, ELSEWHERE } from '../place.mjs';

const INDEX = `<!doctype html><title>App</title><link rel="icon" href="data:," />
<script type="module" src="./programs/page.mjs"></script>`;

/** Headers for threads; the target for top-level await, which the page has. Neither is for mlp-wasm itself. */
const CONFIG = `export default {
  build: { target: 'esnext' },
  server: { headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' } },
};`;

/** An app that has a worker of its own, in which it imports the package. */
const OWN_WORKER = {
  'own.html': INDEX.replace('programs/page.mjs', 'own.js'),
  'own.js': `const worker = new Worker(new URL('./own-worker.js', import.meta.url), { type: 'module' });
const asked = new URL(location.href).searchParams;
worker.onmessage = ({ data }) => fetch(asked.get('report'), { method: 'POST', body: JSON.stringify(data) });
worker.onerror = ({ message }) => console.error('own worker: ' + message);
worker.postMessage(JSON.parse(asked.get('settings')));`,
  'own-worker.js': `import { all } from './programs/all.mjs';
onmessage = async ({ data }) => postMessage(await all(data));`,
};

const PAGES = ['index.html', 'own.html'];

const built = (version, inWorkspace) => ({
  name: `vite-${version}-build${inWorkspace ? '-workspace' : ''}`,
  title: `Vite ${version}, built${inWorkspace ? ', in a workspace' : ''}; page and worker of its own`,
  packages: { vite: version },
  files: { 'index.html': INDEX, ...OWN_WORKER, 'vite.config.js': withInputs(CONFIG) },
  inWorkspace,
  async run(place) {
    await place.run(place.bin('vite'), ['build', '--base', './']);
    const site = await place.serve('dist');
    const outcomes = [];
    for (const page of PAGES) outcomes.push(await place.visit(`${site}/${page}`));
    return { version: await place.version('vite'), outcomes };
  },
});

/** The page is of one origin, and all that Vite made for it of another. */
const builtForElsewhere = (browser) => ({
  name: `cdn-vite-${browser}`,
  title: `${BROWSERS[browser].title}, an app of Vite with its files on another origin`,
  setting: CDN_SETTING,
  packages: { vite: 'latest' },
  files: { 'index.html': INDEX, 'vite.config.js': CONFIG },
  async run(place) {
    const cdn = await place.serve('dist', ELSEWHERE);
    await place.run(place.bin('vite'), ['build', '--base', `${cdn}/`]);
    await place.write({ 'page/index.html': await place.read('dist/index.html') });
    const outcomes = [await place.visit(`${await place.serve('page')}/`, { browser })];
    return { version: await place.version('vite'), outcomes };
  },
});

const served = (version, inWorkspace) => ({
  name: `vite-${version}-dev${inWorkspace ? '-workspace' : ''}`,
  title: `Vite ${version}, dev server${inWorkspace ? ', in a workspace' : ''}`,
  packages: { vite: version },
  files: { 'index.html': INDEX, 'vite.config.js': CONFIG },
  inWorkspace,
  async run(place) {
    const args = ['--host', '127.0.0.1', '--port', String(await place.freePort())];
    const [, url] = await place.start(place.bin('vite'), args, /Local: +(http\S+)/);
    return { version: await place.version('vite'), outcomes: [await place.visit(url)] };
  },
});

function withInputs(config) {
  return config.replace(`target: 'esnext'`, `target: 'esnext', rollupOptions: { input: ${JSON.stringify(PAGES)} }`);
}

export default [
  ...['5', '6', '7', '8'].flatMap((version) => [
    built(version, false),
    built(version, true),
    served(version, false),
    served(version, true),
  ]),
  ...Object.keys(BROWSERS).map(builtForElsewhere),
];
