/** Pages without a bundler, by an import map, in every browser; and with the package on another origin, as a CDN's. */
import { BROWSERS, browserVersion } from '../browsers.mjs';
import { CDN_SETTING, ELSEWHERE, ISOLATION } from '../place.mjs';

const page = (dist) => `<!doctype html><title>App</title><link rel="icon" href="data:," />
<script type="importmap">
  { "imports": {
    "mlp-wasm": "${dist}/index.js", "mlp-wasm/digits": "${dist}/digits.js", "mlp-wasm/worker": "${dist}/worker.js"
  } }
</script>
<script type="module" src="./programs/page.mjs"></script>`;

const inBrowser = (browser) => ({
  name: browser,
  title: `${BROWSERS[browser].title}, a static page`,
  setting: 'an import map; for threads the two headers',
  files: { 'index.html': page('./node_modules/mlp-wasm/dist') },
  async run(place) {
    const version = browserVersion(browser);
    return { version, outcomes: [await place.visit(`${await place.serve('.')}/`, { browser })] };
  },
});

const fromElsewhere = (browser) => ({
  name: `cdn-${browser}`,
  title: `${BROWSERS[browser].title}, the package on another origin`,
  setting: `an import map; ${CDN_SETTING}`,
  async run(place) {
    const version = browserVersion(browser);
    const dist = await place.serve('node_modules/mlp-wasm/dist', ELSEWHERE);
    await place.write({ 'index.html': page(dist) });
    return { version, outcomes: [await place.visit(`${await place.serve('.', ISOLATION)}/`, { browser })] };
  },
});

const names = Object.keys(BROWSERS);
export default [...names.map(inBrowser), ...names.map(fromElsewhere)];
