/** Shared by the tests of wrong arguments: rows of calls that must be refused, and a model that must stay as it was. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { dense, sequential, type ActivationName, type CompileOptions, type Sequential } from 'mlp-wasm';
import { bitsOf, weightBits } from './bits.js';

/** One wrong call, the class of the error and its message: it names the argument, what was expected and what came. */
export type Refusal = [what: string, call: (model: Sequential) => unknown, error: ErrorConstructor, message: string];

/** Whatever a caller without a type checker may pass. */
export const wrong = <T>(value: unknown): T => value as T;

/** The methods that take samples and targets. */
export const WITH_TARGETS = [
  'fit',
  'evaluate',
  'gradients',
  'backpropTrace',
  'gradientCheck',
  'gradientNorms',
  'sharpness',
  'lossSurface',
  'findLearningRate',
  'layerStatistics',
] as const;
export type WithTargets = (typeof WITH_TARGETS)[number];

/** Names as messages list them. */
export const listed = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** Three samples for {@link build}, and their classes. */
export const X = [
  [0.1, 0.2],
  [0.3, -0.4],
  [-0.5, 0.6],
];
export const Y = [0, 2, 1];

/** 2 → 4 → 3, compiled for class indices. */
export function build(
  loss: CompileOptions['loss'] = 'sparseCategoricalCrossentropy',
  activation: ActivationName = 'softmax',
) {
  const model = sequential({
    seed: 11,
    layers: [dense({ units: 4, activation: 'tanh', inputShape: [2] }), dense({ units: 3, activation })],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: 'adam', loss, metrics: ['accuracy'] });
  return model;
}

/** Everything that a refused call might spoil. */
function stateOf(model: Sequential) {
  return { weights: weightBits(model), predictions: bitsOf(model.predict(X)), logs: model.evaluate(X, Y) };
}

/** Calls, and compares what is thrown. */
export async function expectError(call: () => unknown, error: ErrorConstructor, message: string) {
  let thrown: unknown;
  try {
    await call();
  } catch (caught) {
    thrown = caught;
  }
  expect(thrown, 'what was thrown').toBeInstanceOf(Error);
  expect({ name: (thrown as Error).name, message: (thrown as Error).message }).toEqual({
    name: error.name,
    message,
  });
}

/** The rows refuse, and the compiled model they are given is afterwards as it was. */
export function refuses(what: string, rows: Refusal[]) {
  describe(`${what} refuses`, () => {
    it.each(rows)('%s', async (_wrong, call, error, message) => {
      const model = build();
      const before = stateOf(model);
      await expectError(() => call(model), error, message);
      expect(stateOf(model)).toEqual(before);
      // The optimizer is as it was, too: the next epoch is that of a model that saw no error.
      const other = build();
      await Promise.all([model.fit(X, Y), other.fit(X, Y)]);
      expect(weightBits(model)).toEqual(weightBits(other));
    });
  });
}
