/** Names of classes and features, and notes: where they are kept, and what is refused. */
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  dense,
  init,
  loadCheckpoint,
  loadModel,
  readSafetensors,
  sequential,
  writeSafetensors,
  type Sequential,
  type SequentialOptions,
} from 'mlp-wasm';
import * as predicting from 'mlp-wasm/predict';
import { bitsOf } from '../support/bits.js';

beforeAll(() => init());

const NAMES = {
  classNames: ['cat', 'dog', '__proto__'],
  featureNames: ['weight', 'tail "in cm"'],
  metadata: { author: 'Ada', at: { year: 1843, tags: ['a', null, true, -0.5] } },
};
const KEYS = ['classNames', 'featureNames', 'metadata'] as const;

function make(options: Partial<SequentialOptions> = {}, units = 3): Sequential {
  const layers = [dense({ units: 4, activation: 'tanh', inputShape: [2] }), dense({ units, activation: 'softmax' })];
  return kept(sequential({ seed: 9, layers, ...options }));
}

function kept(model: Sequential): Sequential {
  onTestFinished(() => model.dispose());
  return model;
}

const namesOf = (model: Sequential) => Object.fromEntries(KEYS.map((key) => [key, model[key]]));
const NONE = { classNames: undefined, featureNames: undefined, metadata: undefined };

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was refused');
}

describe('Names of classes and features, and metadata', () => {
  it('are given, set and taken away', () => {
    expect(namesOf(make())).toEqual(NONE);
    const model = make(NAMES);
    expect(namesOf(model)).toEqual(NAMES);
    model.classNames = ['a', 'b', 'c'];
    model.featureNames = undefined;
    model.metadata = { ...model.metadata, author: 'Grace' };
    expect(namesOf(model)).toEqual({
      classNames: ['a', 'b', 'c'],
      featureNames: undefined,
      metadata: { ...NAMES.metadata, author: 'Grace' },
    });
    model.dispose();
    expect(model.classNames).toEqual(['a', 'b', 'c']);
    expect(() => (model.classNames = ['d', 'e', 'f'])).toThrow('classNames: expected a live model');
  });

  it('are frozen copies', () => {
    const given = structuredClone(NAMES);
    const model = make(given);
    given.classNames[0] = 'cow';
    given.metadata.at.tags.push('b');
    expect(namesOf(model)).toEqual(NAMES);
    for (const part of [model.classNames, model.featureNames, model.metadata, model.metadata!['at']]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('are in files and checkpoints, and only there where there are some', async () => {
    const model = make(NAMES);
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    const { metadata } = readSafetensors(await model.save());
    expect(metadata).toMatchObject({
      classNames: JSON.stringify(NAMES.classNames),
      featureNames: JSON.stringify(NAMES.featureNames),
      metadata: JSON.stringify(NAMES.metadata),
    });
    const again = kept(await loadModel(await model.save()));
    expect(namesOf(again)).toEqual(NAMES);
    const trained = kept(await loadCheckpoint(model.checkpoint()));
    expect(namesOf(trained)).toEqual(NAMES);
    expect(trained.checkpoint()).toEqual(model.checkpoint());
    for (const key of KEYS) trained[key] = undefined;
    const bare = make();
    bare.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    expect(await trained.save()).toEqual(await bare.save());
    expect(Object.keys(readSafetensors(await bare.save()).metadata)).toEqual(['format', 'version', 'config']);
  });

  it('leave a file without them as it was in the version before', async () => {
    const model = make();
    model.setWeights(model.getWeights().map(({ shape, data }) => ({ shape, data: data.map((_, i) => i / 8) })));
    expect(
      createHash('sha256')
        .update(await model.save())
        .digest('hex'),
    ).toBe('8328dc58f9a0098871922bd40f301e0bd3d216147af0da4608b401fe8cfc5878');
  });

  it('are of no concern to mlp-wasm/predict', async () => {
    const model = make(NAMES);
    const same = await predicting.loadModel(await model.save());
    const x = Float32Array.of(1, 2, 3, 4);
    expect(bitsOf(same.predict(x))).toBe(bitsOf(model.predict(x)));
    same.dispose();
  });
});

/** One that holds itself, or is deeper than any that somebody wrote. */
const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });

/** Names that are refused where they are given, set or found in a file: `sequential: …`, ``, `loadModel: sequential: …`. */
const REFUSED: [name: string, key: (typeof KEYS)[number], value: unknown, error: string, message: string][] = [
  ['too few', 'classNames', ['a', 'b'], 'RangeError', 'classNames: expected 3 names, got Array(2)'],
  ['too many', 'featureNames', ['a', 'b', 'c'], 'RangeError', 'featureNames: expected 2 names, got Array(3)'],
  ['no list', 'classNames', 'abc', 'TypeError', "classNames: expected an array, got 'abc'"],
  ['null', 'featureNames', null, 'TypeError', 'featureNames: expected an array, got null'],
  ['numbers', 'classNames', [0, 1, 2], 'TypeError', 'classNames[0]: expected a string, got 0'],
  [
    'an empty name',
    'featureNames',
    ['a', ''],
    'RangeError',
    "featureNames[1]: expected a string that is not empty, got ''",
  ],
  [
    'a name twice',
    'featureNames',
    ['a', 'a'],
    'RangeError',
    "featureNames[1]: expected a name of its own, at most 1000 characters, got 'a'",
  ],
  [
    'a name without end',
    'classNames',
    ['a', 'b', 'c'.repeat(1001)],
    'RangeError',
    `classNames[2]: expected a name of its own, at most 1000 characters, got '${'c'.repeat(79)}…'`,
  ],
  ['a list of notes', 'metadata', [1], 'TypeError', 'metadata: expected an object, got Array(1)'],
  ['a note', 'metadata', 'x', 'TypeError', "metadata: expected an object, got 'x'"],
  [
    'a key that changes the prototype',
    'metadata',
    JSON.parse('{"a":{"__proto__":{"b":1}}}'),
    'RangeError',
    "metadata.a: key: expected a harmless name, got '__proto__'",
  ],
  [
    'notes without end',
    'metadata',
    { a: 'x'.repeat(2 ** 20) },
    'RangeError',
    `metadata: expected at most 1048576 characters, got ${2 ** 20 + 8}`,
  ],
  [
    'notes without ground',
    'metadata',
    deep(102),
    'RangeError',
    `metadata${'.a'.repeat(101)}: expected at most 100 levels, got Object`,
  ],
];

describe('Refused, and nothing is changed', () => {
  it.each(REFUSED)('%s', async (_name, key, value, error, message) => {
    expect(messageOf(() => make({ [key]: value }))).toBe(`${error}: sequential: ${message}`);
    const model = make(NAMES);
    expect(messageOf(() => (model[key] = value as never))).toBe(`${error}: ${message}`);
    expect(namesOf(model)).toEqual(NAMES);
    const { tensors, metadata } = readSafetensors(await model.save());
    const file = writeSafetensors(tensors, { ...metadata, [key]: JSON.stringify(value) });
    await expect(loadModel(file).catch(String)).resolves.toBe(`${error}: loadModel: sequential: ${message}`);
  });

  it.each<[string, unknown, string]>([
    ['NaN', NaN, 'NaN'],
    ['a function', () => 1, '() => 1'],
    ['a date', new Date(0), 'Date'],
    ['a map', new Map(), 'Map'],
    ['an array of floats', new Float32Array(2), 'Float32Array(2)'],
    ['a BigInt', 1n, '1'],
  ])('%s as a note', (_name, value, got) => {
    expect(messageOf(() => make({ metadata: { list: [1, value] } }))).toBe(
      `TypeError: sequential: metadata.list[1]: expected JSON, got ${got}`,
    );
  });

  it('what holds itself', () => {
    const notes: Record<string, unknown> = {};
    notes['a'] = notes;
    expect(messageOf(() => make({ metadata: notes }))).toMatch(/expected at most 100 levels, got Object$/);
  });

  it.each(['classNames', 'featureNames', 'metadata'])('%s that are no JSON', async (key) => {
    const { tensors, metadata } = readSafetensors(await make().save());
    const file = writeSafetensors(tensors, { ...metadata, [key]: '{' });
    await expect(loadModel(file).catch(String)).resolves.toBe(
      `RangeError: loadModel: ${key}: expected JSON in the metadata, got none that parses`,
    );
  });

  it('other than one or two names of one output', () => {
    for (const classNames of [['spam'], ['ham', 'spam']]) {
      const layers = [dense({ units: 1, activation: 'sigmoid', inputShape: [2] })];
      expect(kept(sequential({ layers, classNames })).classNames).toEqual(classNames);
    }
    const three = { layers: [dense({ units: 1, inputShape: [2] })], classNames: ['a', 'b', 'c'] };
    expect(messageOf(() => sequential(three))).toBe(
      'RangeError: sequential: classNames: expected 1 or 2 names, got Array(3)',
    );
  });
});
