// Trains 784-800-10 on MNIST, wholly in WebAssembly, and tells its error on the test set once, at the end.
//
//   npm run recipe:mnist                    60,000 images 50 times, then the test set: 0.69 %
//   npm run recipe:mnist -- --epochs 100    twice as often: 0.63 %
//   npm run recipe:mnist -- --validate      50,000 images, then the other 10,000: how the recipe was chosen
//   npm run recipe:mnist -- --threads 1     the result does not depend on it
//
// The four files of MNIST are looked for in MNIST_DIR, then in ../shared/mnist, with or without .gz. The network is that
// of P. Y. Simard, D. Steinkraus, J. C. Platt, "Best Practices for Convolutional Neural Networks Applied to Visual
// Document Analysis", ICDAR 2003, who got 0.7 % with cross-entropy and elastic distortions.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fail, ROOT } from './run.mjs';

const RECIPE = {
  seed: 2003,
  batchSize: 128,
  learningRate: 0.2,
  momentum: 0.9,
  augmentation: {
    height: 28,
    width: 28,
    shift: 1,
    rotation: 7.5,
    scale: [0.9, 1.1],
    shear: 7.5,
    elastic: { alpha: 26, sigma: 4 },
  },
};

const { validate, threads, ...options } = parseArgs({
  options: {
    validate: { type: 'boolean', default: false },
    threads: { type: 'string', default: 'auto' },
    epochs: { type: 'string', default: '50' },
  },
}).values;
const epochs = Number(options.epochs);

const dist = path.join(ROOT, 'dist/index.js');
if (!existsSync(dist)) fail('The package is not built yet: npm run build');
const { dense, init, readMnist, schedules, sequential, warmup } = await import(dist);

const FOLDERS = [process.env.MNIST_DIR, path.join(ROOT, '../shared/mnist')].filter(Boolean);
const NAMES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];
const filesIn = (folder) =>
  NAMES.map((name) => [`${name}.gz`, name].map((file) => path.join(folder, file)).find(existsSync));
const files = FOLDERS.map(filesIn).find((found) => found.every(Boolean));
if (!files) {
  fail(`MNIST not found in ${FOLDERS.join(' nor ')}: set MNIST_DIR to the folder of ${NAMES.join(', ')} (.gz or not).`);
}

const load = async (images, labels) => readMnist({ images: await readFile(images), labels: await readFile(labels) });
const rows = ({ x, y }, begin, end) => [x.subarray(784 * begin, 784 * end), y.subarray(begin, end)];

await init({ deterministic: true, threads: threads === 'auto' ? threads : Number(threads) });
const all = await load(files[0], files[1]);
const [x, y] = rows(all, 0, validate ? 50_000 : 60_000);
const { seed, batchSize, learningRate, momentum, augmentation } = RECIPE;
const steps = epochs * Math.ceil(y.length / batchSize);
const model = sequential({
  name: 'mnist',
  seed,
  layers: [
    dense({ units: 800, activation: 'relu', kernelInitializer: 'heNormal', inputShape: [784] }),
    dense({ units: 10, activation: 'softmax' }),
  ],
});
const decay = schedules.cosineDecay({ initialLearningRate: learningRate, decaySteps: steps });
model.compile({
  optimizer: { name: 'sgd', learningRate: warmup(decay, { steps: 500 }), momentum, nesterov: true },
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
});

const begun = performance.now();
const seconds = () => (performance.now() - begun) / 1000;
await model.fit(x, y, {
  epochs,
  batchSize,
  augmentation,
  yieldEvery: 100,
  callbacks: {
    onEpochEnd(epoch, { loss, accuracy }) {
      const left = (seconds() / (epoch + 1)) * (epochs - epoch - 1);
      console.log(
        `epoch ${epoch + 1} of ${epochs}: loss ${loss.toFixed(4)}, error ${(100 * (1 - accuracy)).toFixed(2)} % of the ` +
          `augmented images, ${Math.round(seconds())} s, ${Math.round(left)} s left`,
      );
    },
  },
});
const time = seconds();
const [what, heldOut] = validate
  ? ['the last 10,000 training images', rows(all, 50_000, 60_000)]
  : ['the test set', rows(await load(files[2], files[3]), 0, 10_000)];
const { loss, accuracy } = model.evaluate(...heldOut);
console.log(
  `\n${(100 * (1 - accuracy)).toFixed(2)} % error on ${what} (loss ${loss.toFixed(4)}): ${y.length} images, ` +
    `${epochs} epochs, seed ${seed}, ${Math.round(time)} s, ${Math.round((epochs * y.length) / time)} images/s`,
);
model.dispose();
