// `npm run test:fire`: the package under fire, for hours where need be. Its short forms are among the tests of `npm test`.
//
//   npm run test:fire                              all of it, as often as the table says
//   npm run test:fire -- --list                    the names of what there is
//   npm run test:fire -- --only fuzz/readCsv       those whose names begin so; several with commas
//   npm run test:fire -- --seed 7 --count 1000     from this seed, so often each
//   npm run test:fire -- --write                   writes what came of it into tests/fire/RESULTS.md
//
// It needs what `npm run build` makes. Each entry runs in a process of its own, with nothing beside it: what it measures
// is its own, and a crash is a failure of that entry alone.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { resultRow, RESULTS, writeResults } from './results.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * An entry: its name; `count`, how often it is done where nobody says; `file`, the module that does it, by
 * `export async function run({ name, seed, count })`, which gives `{ findings, faults }`: what is to be said of it, and a
 * sentence for each fault.
 */
const ENTRIES = [
  ...[
    'readSafetensors',
    'loadModel',
    'loadModel-predict',
    'loadCheckpoint',
    'readIdx',
    'readIdx-gzip',
    'readMnist',
    'readCsv',
    'loadAny-keras',
    'loadAny-onnx',
    'loadAny-tfjs',
    'loadAny-numpy',
    'readNumpy',
    'loadAny-sklearn',
    'loadAny-brain',
    'loadAny-pytorch',
    'loadAny-safetensors',
    'loadAny-ml5',
  ].map((reader) => ({ name: `fuzz/${reader}`, count: 1_000_000, file: 'fuzz/entry.ts' })),
  { name: 'memory/near-end', count: 300, file: 'memory/entry.ts' },
  { name: 'memory/sizes', count: 69, file: 'memory/entry.ts' },
  { name: 'sequences', count: 10_000, file: 'sequences/entry.ts' },
  { name: 'resume', count: 10_000, file: 'entries/resume.mjs' },
  { name: 'kill', count: 100, file: 'entries/kill.mjs' },
  { name: 'soak/rounds', count: 10_000, file: 'entries/soak.mjs' },
  { name: 'soak/workers', count: 1_000, file: 'entries/soak.mjs' },
];

const { values: options } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seed: { type: 'string' },
    count: { type: 'string' },
    write: { type: 'boolean', default: false },
    answer: { type: 'string' }, // of the process of an entry: the file that its parent reads
  },
});
const natural = (name, fallback) => {
  const value = options[name] === undefined ? fallback : Number(options[name]);
  if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** 31) {
    console.error(`--${name}: expected an integer from 0 to 2147483647, got ${options[name]}`);
    process.exit(1);
  }
  return value;
};
const seed = natural('seed', Math.floor(Math.random() * 2 ** 31));
const wanted = options.only.split(',').filter(Boolean);
for (const name of wanted) {
  if (!ENTRIES.some((entry) => entry.name.startsWith(name))) {
    console.error(`--only ${name}: nothing begins so. There are: ${ENTRIES.map(({ name }) => name).join(', ')}`);
    process.exit(1);
  }
}
const isWanted = ({ name }) => wanted.length === 0 || wanted.some((begin) => name.startsWith(begin));
const chosen = ENTRIES.filter(options.answer === undefined ? isWanted : ({ name }) => name === options.only);

if (options.list) {
  for (const { name, count } of chosen) console.log(`${name.padEnd(24)} ${count} times`);
} else if (options.answer !== undefined) {
  await answer(chosen[0]);
} else {
  await runAll();
}

/** One entry after the other. */
async function runAll() {
  if (!existsSync(path.join(ROOT, 'build/internals/index.js'))) {
    console.error('There is no package to fire at: run `npm run build` first.');
    process.exit(1);
  }
  const rows = [];
  for (const entry of chosen) {
    rows.push(await attempt(entry));
    if (options.write) writeResults(rows.slice(-1), ENTRIES, machine());
  }
  if (options.write) console.log(`Written: ${path.relative(ROOT, RESULTS)}`);
  const failed = rows.filter(({ faults }) => faults.length > 0);
  console.log(`${rows.length - failed.length} stood, ${failed.length} fell`);
  if (failed.length > 0) process.exitCode = 1;
}

function machine() {
  return `${cpus()[0].model}, Node ${process.version}, ${process.platform}`;
}

/** Runs an entry in a process of its own. @returns what is to be said of it. */
async function attempt({ name, count: usual }) {
  const count = natural('count', usual);
  const folder = path.join(ROOT, 'build/fire');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name.replace('/', '-')}-answer.json`);
  rmSync(file, { force: true });
  console.log(`${name}: seed ${seed}, ${count} times`);
  const began = performance.now();
  const args = [fileURLToPath(import.meta.url), '--only', name, '--seed', `${seed}`, '--count', `${count}`];
  const child = spawn(process.execPath, ['--expose-gc', ...args, '--answer', file], { stdio: 'inherit' });
  const ended = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  const row = { name, seed, count, seconds: (performance.now() - began) / 1000, findings: '', faults: [] };
  if (existsSync(file)) Object.assign(row, JSON.parse(readFileSync(file, 'utf8')));
  else row.faults.push(`its process ended with ${ended} and no answer`);
  console.log(resultRow(row));
  for (const fault of row.faults) console.log(`  ${fault}`);
  return row;
}

/** Does what an entry does, and leaves the answer for the parent. */
async function answer({ name, file }) {
  const { run } = await load(file);
  const { findings, faults } = await run({ name, seed, count: natural('count', 0), log: console.log });
  writeFileSync(options.answer, JSON.stringify({ findings, faults }));
  process.exit(); // threads of a fault may go on for ever
}

/** An entry's module: TypeScript is bundled, beside the package as it was built. */
async function load(file) {
  const source = fileURLToPath(new URL(file, import.meta.url));
  if (!source.endsWith('.ts')) return import(source);
  const outfile = path.join(ROOT, 'build/fire', file.replaceAll('/', '-').replace(/\.ts$/, '.mjs'));
  const built = {
    'mlp-wasm/internals': path.join(ROOT, 'build/internals/index.js'),
    'mlp-wasm/digits': path.join(ROOT, 'dist/digits.js'),
    'mlp-wasm/files': path.join(ROOT, 'dist/files.js'),
    'mlp-wasm/predict': path.join(ROOT, 'dist/predict.js'),
    'mlp-wasm': path.join(ROOT, 'dist/index.js'),
  };
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['fast-check'],
    sourcemap: 'inline',
    logLevel: 'warning',
    define: { 'import.meta.url': JSON.stringify(new URL(file, import.meta.url).href) },
    plugins: [
      {
        name: 'the package as it was built',
        setup({ onResolve }) {
          onResolve({ filter: /^mlp-wasm/ }, (asked) => ({ path: built[asked.path], external: true }));
        },
      },
    ],
  });
  return import(outfile);
}
