/** The option `activations` for files of weights alone, whoever wrote them. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { init, type ActivationConfig } from 'mlp-wasm';
import { loadAny, type LoadAnyOptions } from 'mlp-wasm/files';

beforeAll(() => init());

const CORPUS = new URL('../../formats/corpus/', import.meta.url);
const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(name, CORPUS)));

/** Files of two layers with a kernel. */
const FILES = ['torch-half.pt', 'torch-batchnorm-after.pt', 'keras-alone.h5', 'numpy_half.npz'];

/** The activations that a model of the file then has, but for those that are linear. */
async function activationsOf(name: string, activations: LoadAnyOptions['activations']): Promise<ActivationConfig[]> {
  const model = await loadAny(bytesOf(name), { activations });
  const found = model.layers.map(({ activation }) => activation).filter((each) => each.name !== 'linear');
  model.dispose();
  return found;
}

describe.each(FILES)('Of %s', (name) => {
  it.each<[string, LoadAnyOptions['activations'], ActivationConfig[]]>([
    ['a name', 'tanh', [{ name: 'tanh' }]],
    ['one with its parameter', { name: 'elu', alpha: 0.5 }, [{ name: 'elu', alpha: 0.5 }]],
    ['one with that by default', { name: 'leakyRelu' }, [{ name: 'leakyRelu', alpha: 0.01 }]],
    ['one for each layer', ['relu', 'softmax'], [{ name: 'relu' }, { name: 'softmax' }]],
    [
      'some with parameters',
      [{ name: 'leakyRelu', alpha: 0.25 }, 'sigmoid'],
      [{ name: 'leakyRelu', alpha: 0.25 }, { name: 'sigmoid' }],
    ],
  ])('%s is taken for hidden layers', async (_, activations, expected) => {
    const found = await activationsOf(name, activations);
    expect(found).toHaveLength(expected.length);
    found.forEach((each, i) => expect({ ...each, ...expected[i] }).toEqual(each));
  });

  it.each<[string, unknown, ErrorConstructor, RegExp]>([
    [
      'one too few',
      ['relu'],
      RangeError,
      /^loadAny: activations: expected 2 names, one for each layer with a kernel, got/,
    ],
    ['a name with a slip', 'rely', RangeError, /^loadAny: activations: expected one of .*Did you mean 'relu'\?$/],
    ['such a name in a list', ['relu', 'tanhh'], RangeError, /^loadAny: activations\[1\]: .*Did you mean 'tanh'\?$/],
    ['a number', 3, TypeError, /^loadAny: activations: expected one of 'linear', .*got 3$/],
    ['null in a list', ['relu', null], TypeError, /^loadAny: activations\[1\]: expected one of 'linear'/],
    ['an object without a name', [{ alpha: 1 }, 'relu'], TypeError, /^loadAny: activations\[0\].name: expected one of/],
    ['an unknown option', { name: 'elu', beta: 1 }, RangeError, /^loadAny: activations: option: .*got 'beta'/],
    ['NaN', [{ name: 'elu', alpha: NaN }, 'relu'], RangeError, /^loadAny: activations\[0\].alpha: expected a finite/],
  ])('%s is refused', async (_, activations, kind, message) => {
    const error = await loadAny(bytesOf(name), { activations } as LoadAnyOptions).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
  });
});
