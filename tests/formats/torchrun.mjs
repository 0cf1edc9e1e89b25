// Trainings under torchrun beside our own, by hand: node tests/formats/torchrun.mjs (Debian's python3-torch, or PyTorch on
// the path). Writes TORCHRUN.md. `npm test` tries the same small, in tests/js/formats/torchrun.test.ts.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as mlp from '../../dist/index.js';
import { generateDigits } from '../../dist/digits.js';
import { exportTraining } from '../../dist/files.js';

const PYTHON = '/usr/bin/python3';
const HERE = path.dirname(fileURLToPath(import.meta.url));
const OPTIMIZERS = {
  sgd: { name: 'sgd', learningRate: 0.1 },
  momentum: { name: 'sgd', learningRate: 0.05, momentum: 0.9 },
  adam: { name: 'adam' },
  adamw: { name: 'adamw' },
  rmsprop: { name: 'rmsprop' },
};

function folderOf(files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'torchrun-'));
  for (const { name, bytes } of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  return folder;
}

// PyTorch 1.13 under Python 3.11 fails with its default of what is printed where.
const launch = (folder, processes, ...options) => [
  ...['-m', 'torch.distributed.run', '--standalone', `--nproc_per_node=${processes}`],
  ...['--redirects=1', '--tee=1', `--log_dir=${folder}/log`, 'train.py', ...options],
];
const environment = { ...process.env, OMP_NUM_THREADS: '1' };

const torchrun = (folder, processes, ...options) =>
  execFileSync(PYTHON, launch(folder, processes, ...options), {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const checkpointIn = (folder) => new Uint8Array(readFileSync(path.join(folder, 'checkpoint.safetensors')));

/** Largest difference, relative to the largest number of the same weight. */
function worst(a, b) {
  const others = b.getWeights();
  return Math.max(
    ...a.getWeights().map(({ data }, i) => {
      const scale = data.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-3);
      return data.reduce((most, value, j) => Math.max(most, Math.abs(value - others[i].data[j]) / scale), 0);
    }),
  );
}

function build(units, optimizer) {
  const model = mlp.sequential({
    seed: 1,
    layers: [
      mlp.dense({ units, activation: 'tanh', inputShape: [784] }),
      mlp.dense({ units: 10, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
  return model;
}

await mlp.init();
const { x, y } = await generateDigits({ count: 5000, seed: 1 });
const lines = [];
const say = (line) => (console.log(line), lines.push(line));

say('# Under torchrun');
say('');
say(
  `Written by \`node tests/formats/torchrun.mjs\` (${cpus()[0].model}, ${cpus().length} cores, ` +
    `PyTorch ${execFileSync(PYTHON, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' }).trim()}, gloo, one thread a process).`,
);
say('');
say(
  '50 steps of a 784-32-10 network (tanh, softmax) on 5,000 generated digits, 100 rows a step of all processes together,',
);
say('from the same checkpoint: largest difference of a weight from our own, relative to the largest of its kind.');
say('');
say('| optimizer | 1 process | 2 | 4 |');
say('|---|--:|--:|--:|');
for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  const cells = [];
  for (const processes of [1, 2, 4]) {
    const model = build(32, optimizer);
    const options = { batchSize: 100, shuffle: false };
    const folder = folderOf(await exportTraining(model, { x, y }, { ...options, target: 'pytorch', epochs: 1 }));
    torchrun(folder, processes);
    await model.fit(x, y, { ...options, epochs: 1 });
    const there = await mlp.loadCheckpoint(checkpointIn(folder));
    cells.push(worst(model, there).toExponential(1));
    for (const one of [model, there]) one.dispose();
    rmSync(folder, { recursive: true });
  }
  say(`| ${name} | ${cells.join(' | ')} |`);
}

// Killed by SIGTERM in the middle, and started again.
const model = build(32, { name: 'adam' });
const files = await exportTraining(model, { x, y }, { target: 'pytorch', epochs: 8, batchSize: 20 });
const [whole, killed] = [folderOf(files), folderOf(files)];
torchrun(whole, 2);
const run = spawn(PYTHON, launch(killed, 2), { cwd: killed, env: environment });
await new Promise((resolve) => {
  let printed = '';
  run.stdout.on('data', (text) => {
    printed += text;
    if (/epoch 3\/8/.test(printed)) setTimeout(() => run.kill('SIGTERM'), 150);
  });
  run.on('exit', resolve);
});
const { training, pytorch } = mlp.readSafetensors(checkpointIn(killed)).metadata;
torchrun(killed, 2);
const [a, b] = await Promise.all([whole, killed].map((folder) => mlp.loadCheckpoint(checkpointIn(folder))));
say('');
say(
  `Two processes, killed by SIGTERM after step ${JSON.parse(training).steps} of 2,000 (epoch ${JSON.parse(pytorch).epoch + 1}) and ` +
    `started again, come to weights that differ by ${worst(a, b).toExponential(1)} from those of the run that was not stopped.`,
);
for (const one of [model, a, b]) one.dispose();

say('');
say('Milliseconds a step, and how much faster than one process of PyTorch: strong scaling with 512 rows a step of all');
say(
  'processes together, weak with 512 of each; Adam. Ours is one thread of WebAssembly SIMD in Node, at 512 rows a step.',
);
say('');
say('| network | ours | 1 process | strong, 2 | strong, 4 | weak, 2 | weak, 4 |');
say('|---|--:|--:|--:|--:|--:|--:|');
for (const units of [128]) {
  const model = build(units, { name: 'adam' });
  const cells = [];
  const steps = 60;
  const begin = performance.now();
  await model.fit(x, y, { batchSize: 512, epochs: 6, shuffle: false, yieldEvery: 'never' });
  const ours = (performance.now() - begin) / (6 * Math.ceil(5000 / 512));
  let single;
  for (const [processes, rows] of [
    [1, 512],
    [2, 512],
    [4, 512],
    [2, 1024],
    [4, 2048],
  ]) {
    const options = { target: 'pytorch', epochs: 1000, batchSize: rows, shuffle: false };
    const folder = folderOf(await exportTraining(build(units, { name: 'adam' }), { x, y }, options));
    const printed = torchrun(folder, processes, '--steps', String(steps));
    const milliseconds = Number(/steps of ([\d.]+) ms/.exec(printed)[1]);
    single ??= milliseconds;
    const gain = ((single / milliseconds) * rows) / 512;
    cells.push(processes === 1 ? milliseconds.toFixed(1) : `${milliseconds.toFixed(1)} (${gain.toFixed(2)} ×)`);
    rmSync(folder, { recursive: true });
  }
  say(`| 784-${units}-10 | ${ours.toFixed(1)} | ${cells.join(' | ')} |`);
  model.dispose();
}
writeFileSync(path.join(HERE, 'TORCHRUN.md'), `${lines.join('\n')}\n`);
