// `npm run test:engines`: the tarball in every engine and bundler that it is said to run in.
//
//   npm run test:engines                        all of them: some minutes, and packages from npm's registry
//   npm run test:engines -- --list              their names
//   npm run test:engines -- --only vite,deno    those whose names begin so
//   npm run test:engines -- --strict            those that cannot be had here are failures, too
//   npm run test:engines -- --keep              leaves the folders where they are, to look into
//   npm run test:engines -- --write             writes the table into tests/engines/RESULTS.md
//
// It packs what is in dist/; `npm run build -- --package` makes that. Each environment is an entry of a file in
// environments/ (see CONTRIBUTING.md), with a folder of its own, into which the tarball is installed.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultsOf } from './faults.mjs';
import { NotAvailable } from './not-available.mjs';
import { Place } from './place.mjs';
import { environmentRow, RESULTS, writeResults } from './results.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const flag = { type: 'boolean', default: false };
const { values: options } = parseArgs({
  options: { list: flag, strict: flag, keep: flag, write: flag, only: { type: 'string', default: '' } },
});

const environments = await readEnvironments();
const wanted = options.only.split(',').filter(Boolean);
for (const name of wanted) {
  if (!environments.some((environment) => environment.name.startsWith(name))) {
    console.error(
      `--only ${name}: no environment begins so. There are: ${environments.map(({ name }) => name).join(', ')}`,
    );
    process.exit(1);
  }
}
const chosen = environments.filter(
  ({ name }) => wanted.length === 0 || wanted.some((beginning) => name.startsWith(beginning)),
);
if (options.list) {
  for (const { name, title } of chosen) console.log(`${name.padEnd(24)} ${title}`);
} else {
  await runAll();
}

async function runAll() {
  const temp = mkdtempSync(path.join(tmpdir(), 'mlp-wasm-engines-'));
  try {
    const tarball = pack(temp);
    const reference = await readReference(temp, tarball);
    const rows = [];
    for (const environment of chosen) rows.push(await attempt(environment, temp, tarball, reference));
    console.log(`\n${rows.map(environmentRow).join('\n')}\n`);
    const count = (state) => rows.filter((row) => row.state === state).length;
    console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('not available')} not available here`);
    if (options.write) {
      writeResults(rows, environments, `${cpus()[0].model}, Node ${process.version}, ${process.platform}`);
      console.log(`Written: ${path.relative(ROOT, RESULTS)}`);
    }
    if (count('failed') > 0 || (options.strict && count('not available') > 0)) process.exitCode = 1;
  } finally {
    if (options.keep) console.log(`The folders are in ${temp}`);
    else rmSync(temp, { recursive: true, force: true });
  }
}

async function readEnvironments() {
  const folder = new URL('environments/', import.meta.url);
  const modules = await Promise.all(
    readdirSync(folder)
      .sort()
      .map((file) => import(new URL(file, folder))),
  );
  return modules.flatMap((module) => module.default);
}

function pack(folder) {
  if (!existsSync(path.join(ROOT, 'dist/index.js'))) {
    console.error('There is no dist/ to pack: run `npm run build -- --package` first.');
    process.exit(1);
  }
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' }));
  return path.join(folder, filename);
}

/** Outcome of the programs in the Node that runs this, to compare others with. */
async function readReference(temp, tarball) {
  const place = new Place(path.join(temp, 'reference'), tarball);
  try {
    await place.prepare({}, {});
    const outcome = await place.runPrograms(process.execPath, ['programs/console.mjs']);
    const faults = faultsOf(outcome, outcome, {});
    if (faults.length > 0) throw new Error(`In Node ${process.version} itself: ${faults.join('; ')}`);
    return outcome;
  } finally {
    await place.close();
  }
}

/** Tries one environment. @returns what is to be said of it. */
async function attempt(environment, temp, tarball, reference) {
  const { name, title, packages = {}, files = {}, manifest, inWorkspace, setting = '', run } = environment;
  const place = new Place(path.join(temp, name), tarball, inWorkspace);
  const began = performance.now();
  const row = { name, title, setting, version: '', programs: '', state: 'passed', why: '' };
  try {
    mkdirSync(place.folder, { recursive: true });
    await place.prepare(packages, files, manifest);
    const { version, outcomes = [], said } = await run(place);
    row.version = version;
    const faults = outcomes.flatMap((outcome) => faultsOf(outcome, reference, environment.expects ?? {}));
    row.programs = said ?? saidOf(outcomes, environment.expects ?? {});
    if (faults.length > 0) throw new Error(faults.join('; '));
  } catch (error) {
    row.state = error instanceof NotAvailable ? 'not available' : 'failed';
    row.why = error.message;
  } finally {
    await place.close();
    if (!options.keep) rmSync(place.folder, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${row.state.padEnd(13)} ${title} ${row.version}, ${seconds} s${row.why && `: ${row.why}`}`);
  return row;
}

function saidOf(outcomes, { threads = 2, refused = {} }) {
  const programs = ['small', 'worker', 'digits'].filter((name) => !refused[name]);
  const places = outcomes.length > 1 ? ` (${outcomes.length} times)` : '';
  return `${programs.join(', ')}${places}; ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
