// Cold start in Chromium, beside the least that two files can take:  node tests/bench/cold-start.mjs [times]
//
// In turn, each time in a fresh context with nothing cached: the package, bundled, from `import` to a library that can make
// a model (two files: a script and its wasm), and two empty modules, the first importing the second.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleForPages } from './bundle.mjs';
import { Chromium } from './hosts/chromium.mjs';
import { BUILD, DIST } from './paths.mjs';
import { buildPackage, installPeers } from './prepare.mjs';
import { median } from './statistics.mjs';

const TIMES = Number(process.argv[2] ?? 25);

const STARTS = {
  'two empty modules': () => import('/bench/empty/first.js'),
  'mlp-wasm': () => import('/bench/package/index.js').then(({ init }) => init()),
};

installPeers(); // bundled with the package
buildPackage(DIST);
const bundles = await bundleForPages(DIST);
const empty = path.join(bundles, 'empty');
mkdirSync(empty, { recursive: true });
writeFileSync(path.join(empty, 'first.js'), "import './second.js';\n");
writeFileSync(path.join(empty, 'second.js'), 'export {};\n');

const chromium = await Chromium.launch({ bundles, data: BUILD });
const took = Object.fromEntries(Object.keys(STARTS).map((name) => [name, []]));
try {
  for (let i = 0; i < TIMES; ++i) {
    for (const [name, start] of Object.entries(STARTS)) took[name].push(await chromium.time(start));
  }
} finally {
  await chromium.close();
}

const medians = Object.fromEntries(Object.entries(took).map(([name, times]) => [name, median(times)]));
for (const [name, ms] of Object.entries(medians)) console.log(`${name.padEnd(18)} ${ms.toFixed(1)} ms`);
const ratios = took['mlp-wasm'].map((ms, i) => ms / took['two empty modules'][i]);
console.log(
  `${(medians['mlp-wasm'] / medians['two empty modules']).toFixed(2)} times, in pairs ${median(ratios).toFixed(2)}`,
);
