/** A model of a table that Node saved, in every browser: the same answers to the bit, also out of the browser's own storage. */
import { BROWSERS, browserVersion } from '../browsers.mjs';

const PAGE = `<!doctype html><title>App</title><link rel="icon" href="data:," />
<script type="importmap">
  { "imports": {
    "mlp-wasm": "./node_modules/mlp-wasm/dist/index.js", "mlp-wasm/tables": "./node_modules/mlp-wasm/dist/tables.js"
  } }
</script>
<script type="module" src="./programs/tables/page.mjs"></script>`;

export default Object.keys(BROWSERS).map((browser) => ({
  name: `tables-${browser}`,
  title: `${BROWSERS[browser].title}, a model of a table`,
  setting: 'an import map',
  files: { 'index.html': PAGE },
  async run(place) {
    const version = browserVersion(browser);
    const expected = await place.runPrograms(process.execPath, ['programs/tables/save.mjs']);
    const { answers, error } = await place.visit(`${await place.serve('.')}/`, { browser });
    if (error !== undefined) throw new Error(error);
    answers.forEach((given, i) => {
      if (given !== expected)
        throw new Error(`${['loaded', 'kept'][i]}: expected ${expected}, as in Node, got ${given}`);
    });
    return {
      version,
      said: `${expected.split(',').length} answers of Node's model, loaded and kept, the same to the bit`,
    };
  },
}));
