// Crossovers, at which one way overtakes another:  node tests/bench/curves.mjs
//
// Prints two Markdown tables of samples a second that `fit` trains: with zeros skipped and not, over the density of the
// input; with one thread and more, over the width of the network. Every figure is the median of three rounds, in which
// all are measured in turn, each in a fresh process.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Random } from './data/random.mjs';
import { answerOf } from './hosts/answer.mjs';
import { DIST } from './paths.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 3;
const ROWS = 6400;
const BATCH_SIZE = 128;
const BUDGET_MS = 300;
const DENSITIES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8];
const WIDTHS = [8, 16, 32, 64, 128, 256, 512];

if (process.argv[2]) {
  console.log(JSON.stringify(await samplesPerSecond(JSON.parse(process.argv[2]))));
} else {
  const threads = Array.from({ length: availableParallelism() }, (_, i) => i + 1);
  const digits = { features: 784, units: [128] };
  await compare('density', DENSITIES, {
    'every number': () => ({ ...digits, density: 1 }), // costs the same at any density
    'zeros skipped': (density) => ({ ...digits, density, sparse: true }),
  });
  await compare(
    'width',
    WIDTHS,
    Object.fromEntries(
      threads.map((count) => [
        `${count} thread${count > 1 ? 's' : ''}`,
        (width) => ({ features: width, units: [width, width], density: 1, threads: count }),
      ]),
    ),
  );
}

/** One row for each value: what each way gives, and each over the first. */
async function compare(name, values, ways) {
  const all = values.flatMap((value) => Object.values(ways).map((way) => ({ work: way(value), rates: [] })));
  for (let round = 0; round < ROUNDS; ++round) {
    for (const { work, rates } of all) {
      rates.push(await answerOf(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(work)]));
    }
  }
  const titles = Object.keys(ways);
  console.log(`\n| ${[name, ...titles, ...titles.slice(1).map((title) => `${title}, ratio`)].join(' | ')} |`);
  console.log(`|${'--:|'.repeat(2 * titles.length)}`);
  values.forEach((value, i) => {
    const rates = all.slice(i * titles.length, (i + 1) * titles.length).map((one) => median(one.rates));
    const ratios = rates.slice(1).map((rate) => (rate / rates[0]).toFixed(2));
    console.log(`| ${[value, ...rates.map((rate) => Number(rate.toPrecision(3))), ...ratios].join(' | ')} |`);
  });
}

async function samplesPerSecond({ features, units, density, sparse = false, threads = 1 }) {
  const { init, dense, sequential } = await import(pathToFileURL(path.join(DIST, 'index.js')));
  await init({ simd: true, threads });
  const random = new Random(1);
  const number = () => (random.uniform() < density ? random.uniform(0.1, 1) : 0);
  const numbers = Float32Array.from({ length: ROWS * features }, number);
  const x = sparse ? compressed(numbers, features) : numbers;
  const y = Uint8Array.from({ length: ROWS }, () => random.integer(10));
  const layers = units.map((width) => ({ units: width, activation: 'relu' }));
  layers.push({ units: 10, activation: 'softmax' });
  layers[0].inputShape = [features];
  const model = sequential({ seed: 1, layers: layers.map(dense) });
  model.compile({ optimizer: { name: 'sgd', learningRate: 0.01 }, loss: 'sparseCategoricalCrossentropy' });
  const timed = async (epochs) => {
    const begin = performance.now();
    await model.fit(x, y, { batchSize: BATCH_SIZE, epochs });
    return performance.now() - begin;
  };
  let epochs = 1;
  while ((await timed(epochs)) < BUDGET_MS) epochs *= 2;
  return (ROWS * epochs * 1000) / (await timed(epochs));
}

/** The same samples as compressed rows, which always go the way that skips zeros. */
function compressed(numbers, features) {
  const [indptr, indices, values] = [[0], [], []];
  numbers.forEach((value, i) => {
    if (value !== 0) {
      indices.push(i % features);
      values.push(value);
    }
    if ((i + 1) % features === 0) indptr.push(indices.length);
  });
  return { shape: [numbers.length / features, features], indptr, indices, values };
}
