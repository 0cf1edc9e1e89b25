// Compares mlp-wasm with its peers, all in one run:  npm run bench -- [options]
//
//   --quick          under two minutes: only mlp-wasm with SIMD in Node; fails when a ratio to native Eigen fell by more than
//                    20 % against the committed results.json
//   --only a,b       rows whose id or group contains one of these (ours, tfjs, jax, onnx, brain, plain, native, torch)
//   --works a,b      W1, W1D, W2, W3, P1, P2, init, size, T97
//   --rounds n       how often everything is measured in turn (3)
//   --budget ms      how long a repetition lasts (400)
//   --patience s     how long to wait, before each measurement, for other programs to pause (20; quick: 1)
//   --data mnist     real MNIST instead of synthetic digits for W1, W2, P1, P2
//   --dist folder    another build of the package
//   --json file      where to write every sample (build/bench/last.json)
//   --save           writes results.json and RESULTS.md though the run is not complete
//   --list           shows the rows and why some cannot be measured here
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { losses, pairs } from './compare.mjs';
import { machine, peerVersions } from './machine.mjs';
import { BENCH, BUILD, DIST, ROOT } from './paths.mjs';
import { buildPackage, installPeers, prepareFiles } from './prepare.mjs';
import { report } from './report.mjs';
import { allRows, YARDSTICK } from './rows.mjs';
import { summarise } from './summary.mjs';
import { WORKS, workCalled } from './works/index.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    works: { type: 'string' },
    rounds: { type: 'string' },
    budget: { type: 'string' },
    patience: { type: 'string' },
    data: { type: 'string', default: 'synthetic' },
    dist: { type: 'string' },
    json: { type: 'string', default: path.join(BUILD, 'last.json') },
    save: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
const { quick, data } = options;
const names = (text) => text?.split(',').map((name) => name.trim().toLowerCase());
const committedFile = path.join(BENCH, 'results.json');

const dist = options.dist ? path.resolve(options.dist) : DIST;
installPeers();
buildPackage(dist);

const works = chosenWorks();
const { rows, skipped } = chosenRows();
if (options.list) {
  for (const { id, who } of rows) console.log(`${id.padEnd(26)} ${who}`);
  for (const { id, reason } of skipped) console.log(`${id.padEnd(26)} – ${reason}`);
  process.exit();
}

const { folder, mnist } = await prepareFiles(data);
if (!mnist) works.splice(0, works.length, ...works.filter(({ data: from }) => from !== 'mnist'));
const load = loadavg()[0].toFixed(1);
if (load > 0.7) console.log(`The machine is busy (load ${load}): expect noise.`);

const settings = {
  date: new Date().toISOString().slice(0, 10),
  rounds: Number(options.rounds ?? (quick ? 2 : 3)),
  budgetMs: Number(options.budget ?? (quick ? 200 : 400)),
  repetitions: 3,
  patienceMs: 1000 * Number(options.patience ?? (quick ? 1 : 20)),
  load,
  data: data === 'mnist' ? 'MNIST' : 'synthetic',
};
const chromium = rows.some(({ host }) => host === 'page') ? await launchChromium() : undefined;
const { Harness } = await import('./harness.mjs');
const harness = new Harness({
  folder,
  dist,
  packageVersion: JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).version,
  versions: peerVersions(),
  ...settings,
  chromium,
  log: logLine,
});
let results;
try {
  for (let round = 0; round < settings.rounds; ++round) await harness.round(round, rows, works);
  results = summary();
  if (quick) await judge();
} finally {
  await chromium?.close();
}
finish();

function chosenWorks() {
  const wanted = names(options.works);
  const unknown = wanted?.find((name) => !workCalled(name));
  if (unknown) throw new Error(`--works: expected some of ${WORKS.map(({ id }) => id)}, got '${unknown}'`);
  return WORKS.filter(({ id }) => (wanted ? wanted.includes(id.toLowerCase()) : !(quick && id === 'T97')));
}

function chosenRows() {
  const wanted = names(options.only) ?? (quick ? ['ours'] : undefined);
  const matches = ({ id, group }) => !wanted || wanted.some((name) => group === name || id.includes(name));
  const candidates = allRows(dist).filter(
    (row) =>
      row.id === YARDSTICK ||
      (matches(row) && row.works.some((id) => works.includes(workCalled(id))) && !(quick && row.slow)),
  );
  const skipped = [];
  const rows = candidates.filter((row) => {
    const reason = row.missing?.();
    if (reason) skipped.push({ id: row.id, who: row.who, reason });
    return !reason;
  });
  const yardstick = skipped.find(({ id }) => id === YARDSTICK);
  if (quick && yardstick) throw new Error(`--quick compares ratios to native Eigen: ${yardstick.reason}`);
  if (rows.every(({ id }) => id === YARDSTICK))
    throw new Error(`--only: no row called like '${options.only}' can be measured`);
  return { rows, skipped };
}

async function launchChromium() {
  const { bundleForPages } = await import('./bundle.mjs');
  const { Chromium } = await import('./hosts/chromium.mjs');
  return Chromium.launch({ bundles: await bundleForPages(dist), data: folder });
}

function logLine(round, row, work, entry) {
  const last = entry.rounds.at(-1);
  const samples = last?.samples ?? [];
  const middle = samples.length ? [...samples].sort((a, b) => a - b)[samples.length >> 1].toPrecision(4) : '';
  const ratio = last?.ratio === undefined ? '' : `${last.ratio.toFixed(2)} × native SSE`;
  const disturbed = last?.disturbed ? '  (other programs ran)' : '';
  const said = entry.failed
    ? `failed: ${entry.failed}`
    : entry.refused
      ? `refused: ${entry.refused}`
      : `${middle} ${work.unit}  ${ratio}${disturbed}`;
  console.log(`${round + 1}  ${work.id.padEnd(4)}  ${row.id.padEnd(26)} ${said}`);
}

function summary() {
  return {
    machine: machine(chromium?.version),
    settings,
    peers: peerVersions(),
    rows: summarise(rows, harness.results),
    skipped,
  };
}

/** Measures apparent losses three times more before it reports them. */
async function judge() {
  if (!existsSync(committedFile)) return console.log('There is no results.json to compare with.');
  const committed = JSON.parse(readFileSync(committedFile, 'utf8'));
  let lost = losses(committed, results.rows);
  if (lost.length > 0) {
    console.log('Once more, what seems to have lost:');
    for (let round = settings.rounds; round < settings.rounds + 3; ++round) {
      for (const work of works) {
        const again = lost.filter((one) => one.work === work.id).map(({ row }) => row);
        const some = rows.filter(({ id }) => id === YARDSTICK || again.includes(id));
        if (again.length > 0) await harness.round(round, some, [work]);
      }
    }
    results = summary();
    lost = losses(committed, results.rows);
  }
  console.log('\nRatios to native Eigen SSE (size: kB), committed → now');
  for (const { row, work, was, is } of pairs(committed, results.rows))
    console.log(`  ${row.padEnd(24)} ${work.padEnd(5)} ${was} → ${is}`);
  for (const { row, work, was, is } of lost) console.error(`Lost more than 20 %: ${row}, ${work}: ${was} → ${is}`);
  if (lost.length > 0) process.exitCode = 1;
}

function finish() {
  const json = `${JSON.stringify(results)}\n`;
  writeFileSync(options.json, json);
  const markdown = report(results);
  writeFileSync(path.join(BUILD, 'last.md'), markdown);
  console.log(`\n${markdown}`);
  const complete = !quick && !options.only && !options.works && !options.dist && data === 'synthetic';
  if (complete || options.save) {
    writeFileSync(committedFile, json);
    writeFileSync(path.join(BENCH, 'RESULTS.md'), markdown);
  }
}
