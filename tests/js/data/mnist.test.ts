import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential, type DigitSet, type FitOptions, type OptimizerConfig } from 'mlp-wasm';
import { generateDigits } from 'mlp-wasm/digits';
import { findMnist, loadMnist } from '../support/mnist.js';

// Accuracy on real digits. Needs the four MNIST files; see mnist.ts.

interface Recipe {
  hidden: { units: number; activation: 'relu' | 'sigmoid' }[];
  optimizer: OptimizerConfig;
  options: FitOptions;
}

describe.skipIf(!findMnist())('On MNIST', () => {
  let train: DigitSet;
  let test: DigitSet;

  beforeAll(async () => {
    await init();
    ({ train, test } = await loadMnist());
  });

  /** Trains, and gives the accuracies on the test set after each epoch. Prints them, and the speed of training. */
  async function accuraciesOf(name: string, { hidden, optimizer, options }: Recipe, digits = train): Promise<number[]> {
    using model = sequential({
      seed: 42,
      layers: [
        ...hidden.map((layer, i) => dense({ ...layer, ...(i === 0 && { inputShape: [784] as [number] }) })),
        dense({ units: 10, activation: 'softmax' }),
      ],
    });
    model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const accuracies: number[] = [];
    let begun = 0;
    let milliseconds = 0;
    await model.fit(digits.x, digits.y, {
      ...options,
      callbacks: {
        onEpochBegin() {
          begun = performance.now();
        },
        onEpochEnd() {
          milliseconds += performance.now() - begun;
          accuracies.push(model.evaluate(test.x, test.y)['accuracy']!);
        },
      },
    });
    const percentages = accuracies.map((accuracy) => (100 * accuracy).toFixed(2)).join(' ');
    const speed = Math.round((1000 * digits.count * accuracies.length) / milliseconds);
    console.log(`${name}: ${percentages} % of MNIST's test set, ${speed} samples/s`);
    return accuracies;
  }

  it('784 → 128 relu → 10 learns 97.5 % within 5 epochs of Adam', async () => {
    const accuracies = await accuraciesOf('784-128 relu-10, Adam 0.001, batch 32, 5 epochs', {
      hidden: [{ units: 128, activation: 'relu' }],
      optimizer: { name: 'adam', learningRate: 1e-3 },
      options: { epochs: 5, batchSize: 32 },
    });
    expect(Math.max(...accuracies)).toBeGreaterThanOrEqual(0.975);
  });

  it('the network of document 003, 784 → 128 sigmoid → 10, learns 95 % by plain SGD', async () => {
    const accuracies = await accuraciesOf('784-128 sigmoid-10, SGD 0.5, batch 32, 10 epochs', {
      hidden: [{ units: 128, activation: 'sigmoid' }],
      optimizer: { name: 'sgd', learningRate: 0.5 },
      options: { epochs: 10, batchSize: 32 },
    });
    expect(accuracies.at(-1)).toBeGreaterThanOrEqual(0.95);
  });

  it('a network that has only seen generated digits reads 95 %', async () => {
    const digits = await generateDigits({ count: 60_000, seed: 1 });
    const accuracies = await accuraciesOf(
      '784-128 relu-10 on 60,000 generated digits, Adam 0.001, batch 64, 6 epochs',
      {
        hidden: [{ units: 128, activation: 'relu' }],
        optimizer: { name: 'adam', learningRate: 1e-3 },
        options: { epochs: 6, batchSize: 64 },
      },
      digits,
    );
    expect(accuracies.at(-1)).toBeGreaterThanOrEqual(0.95);
  });
});
