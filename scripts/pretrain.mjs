// Trains the network that the page answers with before anyone has trained one: on generated digits only, from a
// fixed seed, so that every build of the same source makes the same file to the bit.
//
//   node scripts/pretrain.mjs FILE
import { writeFile } from 'node:fs/promises';
import { generateDigits } from '../dist/digits.js';
import { dense, init, sequential } from '../dist/index.js';

const RECIPE = { digits: 120_000, epochs: 8, batchSize: 64, learningRate: 1e-3, hidden: 128, seed: 2026 };

const file = process.argv[2];
if (!file) {
  console.error('usage: node scripts/pretrain.mjs FILE');
  process.exit(2);
}

await init({ deterministic: true });
const { x, y } = await generateDigits({ count: RECIPE.digits, seed: RECIPE.seed });
const heldOut = await generateDigits({ count: 5000, seed: RECIPE.seed + 1 });
const model = sequential({
  name: 'pretrained',
  seed: RECIPE.seed,
  layers: [
    dense({ units: RECIPE.hidden, activation: 'relu', inputShape: [784], kernelInitializer: 'heNormal' }),
    dense({ units: 10, activation: 'softmax' }),
  ],
});
const compile = (learningRate) =>
  model.compile({
    optimizer: { name: 'adam', learningRate },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });

const report = {
  onEpochEnd(epoch, { loss, accuracy, valAccuracy }) {
    console.log(
      `epoch ${epoch + 1}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}, held out ${valAccuracy.toFixed(4)}`,
    );
  },
};
const { epochs, batchSize, learningRate } = RECIPE;
const options = { batchSize, validationData: [heldOut.x, heldOut.y], callbacks: report };
compile(learningRate);
await model.fit(x, y, { ...options, epochs: epochs - 2 });
compile(learningRate / 5); // the last two epochs settle
await model.fit(x, y, { ...options, initialEpoch: epochs - 2, epochs });
await writeFile(file, await model.save());
model.dispose();
