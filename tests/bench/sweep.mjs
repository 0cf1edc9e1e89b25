// Speed over the shape of the network, drawn:  node tests/bench/sweep.mjs
//
// Writes sweep.svg: the share of the register-only peak at which `fit` trains dense networks on one thread with plain
// SIMD, over features and units, batch size and width, layers and width. The peak is timed just before each figure, in the
// same process, both in CPU time, because other programs may run; what is drawn is the median of three such figures.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Random } from './data/random.mjs';
import { BENCH, DIST } from './paths.mjs';
import { mulAddPeak } from './peak.mjs';
import { median } from './statistics.mjs';

const SIZES = Array.from({ length: 10 }, (_, i) => 8 << i); // 8 … 4096
const BATCHES = Array.from({ length: 11 }, (_, i) => 1 << i); // 1 … 1024
const LAYERS = [1, 2, 3, 4, 5, 6, 7, 8];
const WIDTHS = [8, 32, 128, 512, 2048];
const CLASSES = 10;
const FIGURES = 3;
const FIGURE_MS = 30;
const MOST_NUMBERS = 2 ** 20; // of the input
const MOST_FLOPS = 4e9; // of an epoch, if it has more than a batch
const MIDDLE = 'text-anchor="middle"';

const { init, dense, sequential } = await import(pathToFileURL(path.join(DIST, 'index.js')));
await init({ simd: true, threads: 1 });

const charts = [
  {
    title: 'Features and units, one hidden layer, batches of 128',
    across: { name: 'units', values: SIZES },
    down: { name: 'features', values: SIZES },
    shape: (features, units) => ({ features, units, layers: 1, batch: 128 }),
  },
  {
    title: 'Batch size and width (features and units), one hidden layer',
    across: { name: 'batch size', values: BATCHES },
    down: { name: 'width', values: WIDTHS },
    shape: (width, batch) => ({ features: width, units: width, layers: 1, batch }),
  },
  {
    title: 'Hidden layers and width (features and units), batches of 128',
    across: { name: 'hidden layers', values: LAYERS },
    down: { name: 'width', values: WIDTHS },
    shape: (width, layers) => ({ features: width, units: width, layers, batch: 128 }),
  },
];

for (const chart of charts) {
  chart.shares = [];
  for (const row of chart.down.values) {
    const shares = [];
    for (const column of chart.across.values) shares.push(await shareOf(chart.shape(row, column)));
    chart.shares.push(shares);
    console.log(chart.down.name, row, shares.map((share) => share.toFixed(2)).join(' '));
  }
}
writeFileSync(path.join(BENCH, 'sweep.svg'), drawn(charts));

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function shareOf({ features, units, layers, batch }) {
  const random = new Random(1);
  const first = features * units;
  const others = units * units * (layers - 1) + units * CLASSES;
  const flopsPerSample = 2 * (2 * first + 3 * others); // no gradient of the input
  const most = Math.min(64 * batch, 8192, MOST_NUMBERS / features, MOST_FLOPS / flopsPerSample);
  const rows = Math.max(1, Math.floor(most / batch)) * batch;
  const x = Float32Array.from({ length: rows * features }, () => random.uniform(0.1, 1) - 0.5);
  const y = Uint8Array.from({ length: rows }, () => random.integer(CLASSES));
  const hidden = Array.from({ length: layers }, () => ({ units, activation: 'relu' }));
  const all = [...hidden, { units: CLASSES, activation: 'softmax' }];
  all[0].inputShape = [features];
  const model = sequential({ seed: 1, layers: all.map(dense) });
  model.compile({ optimizer: { name: 'sgd', learningRate: 1e-3 }, loss: 'sparseCategoricalCrossentropy' });
  const timed = async (epochs) => {
    const begin = cpuMs();
    await model.fit(x, y, { batchSize: batch, epochs });
    return cpuMs() - begin;
  };
  let epochs = 1;
  for (let ms = await timed(1); ms < FIGURE_MS; ms = await timed(epochs)) epochs *= 2;
  const figures = [];
  for (let i = 0; i < FIGURES; ++i) {
    const peak = mulAddPeak(cpuMs);
    figures.push((flopsPerSample * rows * epochs) / (await timed(epochs)) / 1e6 / peak);
  }
  model.dispose?.();
  return median(figures);
}

function drawn(charts) {
  const [cellWidth, cellHeight, left, gap] = [52, 24, 90, 74];
  const parts = [];
  let top = 0;
  for (const { title, across, down, shares } of charts) {
    parts.push(text(left, top + 18, title, 'font-weight="bold"'), text(left, top + 38, `${across.name} →`));
    parts.push(text(8, top + 58, `${down.name} ↓`));
    across.values.forEach((value, i) => parts.push(text(left + (i + 0.5) * cellWidth, top + 58, value, MIDDLE)));
    shares.forEach((row, i) => {
      const y = top + 66 + i * cellHeight;
      parts.push(text(left - 8, y + 16, down.values[i], 'text-anchor="end"'));
      row.forEach((share, j) => {
        const x = left + j * cellWidth;
        const fill = `hsl(${Math.round(120 * Math.min(1, share))} 60% 75%)`; // red at 0, green at 1
        parts.push(`<rect x="${x}" y="${y}" width="${cellWidth - 2}" height="${cellHeight - 2}" fill="${fill}"/>`);
        parts.push(text(x + cellWidth / 2 - 1, y + 16, share.toFixed(2), MIDDLE));
      });
    });
    top += shares.length * cellHeight + gap;
  }
  const width = left + Math.max(...charts.map(({ across }) => across.values.length)) * cellWidth + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="sans-serif" font-size="13">`,
    '<title>Share of the register-only peak at which networks train, over their shape</title>',
    `<rect width="${width}" height="${top}" fill="white"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function text(x, y, what, attributes = '') {
  return `<text x="${x}" y="${y}" ${attributes}>${what}</text>`;
}
