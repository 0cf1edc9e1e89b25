import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as mlp from 'mlp-wasm';
import {
  ACTIVATIONS,
  CONSTRAINTS,
  dense,
  dropout,
  init,
  INITIALIZERS,
  LOSSES,
  METRICS,
  OPTIMIZERS,
  REGULARIZERS,
  sequential,
} from 'mlp-wasm';
import { catalogue } from './internals.js';

// One spelling per name in C++, TypeScript and README.

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const README = read('README.md');
const TYPES = read('web/src/types.ts');

beforeAll(() => init());

const KINDS = [
  ['activations', ACTIVATIONS],
  ['losses', LOSSES],
  ['optimizers', OPTIMIZERS],
  ['initializers', INITIALIZERS],
  ['metrics', METRICS],
] as const;

/** What the README's table names in the row of `kind`, Keras' spelling or English. */
function namesInReadme(kind: string): string[] {
  const row = README.split('\n').find((line) =>
    line.replace('initialisers', 'initializers').startsWith(`| ${kind} |`),
  );
  return [...(row ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}

/** The text of an exported interface of types.ts. */
function interfaceText(name: string): string {
  const start = TYPES.search(new RegExp(`export interface ${name} (extends \\w+ )?{`));
  expect(start, name).toBeGreaterThan(0);
  return TYPES.slice(start, TYPES.indexOf('\n}', start));
}

describe.each(KINDS)('The names of %s', (kind, names) => {
  it('are the same in TypeScript and in the core', () => {
    expect(catalogue()[kind].map(({ name }) => name)).toEqual([...names]);
  });

  it('are the same in the README', () => {
    expect(namesInReadme(kind)).toEqual([...names]);
  });

  it('are each used once', () => {
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('Every name', () => {
  it.each(ACTIVATIONS)('activation %s builds a layer', (activation) => {
    using model = sequential({ layers: [dense({ units: 2, activation, inputShape: [2] })] });
    expect(model.layers[0]!.activation.name).toBe(activation);
    expect(model.predict([[1, 2]]).every(Number.isFinite)).toBe(true);
  });

  it.each(INITIALIZERS)('initialiser %s fills kernel and bias', (name) => {
    using model = sequential({
      layers: [dense({ units: 2, inputShape: [2], kernelInitializer: name, biasInitializer: { name } })],
    });
    for (const { data } of model.getWeights()) expect(data.every(Number.isFinite)).toBe(true);
  });

  it.each(OPTIMIZERS)('optimizer %s compiles with every loss and metric', (optimizer) => {
    using model = sequential({ layers: [dense({ units: 2, activation: 'sigmoid', inputShape: [2] })] });
    for (const loss of LOSSES) model.compile({ optimizer, loss, metrics: [...METRICS] });
  });
});

describe('The defaults in the documentation', () => {
  /** 'Default 0.9.' of a field, or 'Default 0.01 for `sgd`, 0.001 for the others.' */
  const documented = (text: string, field: string): string => {
    const comment = text
      .slice(0, text.search(new RegExp(`^  ${field}\\?:`, 'm')))
      .split('/**')
      .at(-1)!;
    return comment;
  };

  it('of optimizers are those of the core, and so is which takes what', () => {
    const text = interfaceText('OptimizerConfig');
    const { optimizers } = catalogue();
    for (const field of new Set(optimizers.flatMap(({ options }) => options.map(({ name }) => name)))) {
      const comment = documented(text, field).replace(/\s*\n\s*\*\s*/g, ' ');
      // 'Of `a`, `b`: …', 'Of all but `c`: …', or nothing where all take it
      const [, but, names] = /^ ?Of (all but )?((?:`\w+`(?:, )?)+):/.exec(comment) ?? [undefined, 'all but', ''];
      const listed = [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name);
      const takers = optimizers.filter(({ options }) => options.some(({ name }) => name === field));
      expect(
        takers.map(({ name }) => name),
        field,
      ).toEqual(OPTIMIZERS.filter((name) => listed.includes(name) === (but === undefined)));
      // 'Default 0.001; 0.01 for `sgd`; 1 for `lbfgs`.'
      const [, usual, others] = /Default ([^;]+?)((?:; \S+ for `\w+`)*)\. *(?:\*?\/)?\s*$/.exec(comment) ?? [];
      for (const { name: optimizer, options } of takers) {
        const option = options.find(({ name }) => name === field)!;
        const own = new RegExp(`; (\\S+) for \`${optimizer}\``).exec(others ?? '')?.[1];
        const value = option.kind === 'flag' ? option.default !== 0 : option.default;
        expect(own ?? usual, `${field} of ${optimizer}`).toBe(String(value));
      }
    }
  });

  it('of alpha are those of the core', () => {
    const text = interfaceText('ActivationConfig');
    for (const { name, alpha } of catalogue().activations) {
      if (alpha !== 0) expect(text).toMatch(new RegExp(`\`${name}\` \\(default ${alpha}\\)`));
    }
  });

  it('of layers are in force', () => {
    using model = sequential({ layers: [dense({ units: 1, inputShape: [1] }), dense({ units: 1 })] });
    const text = interfaceText('DenseOptions');
    const defaults = model.layers[1]!;
    expect(documented(text, 'activation')).toContain(`Default \`'${defaults.activation.name}'\``);
    expect(documented(text, 'useBias')).toContain(`Default ${defaults.useBias}`);
    expect(documented(text, 'kernelInitializer')).toContain(
      `Default \`'${defaults.kernelInitializer!.name}'\``,
    );
    expect(documented(text, 'biasInitializer')).toContain(`Default \`'${defaults.biasInitializer!.name}'\``);
    expect(documented(interfaceText('LayerOptions'), 'name')).toContain('`dense`, `dropout_1`');
    using other = sequential({ layers: [dense({ units: 1, inputShape: [1] }), dropout({ rate: 0.5 })] });
    expect(other.layers.map(({ name }) => name)).toEqual(['dense', 'dropout_1']);
  });

  it('of initialisers are in force', () => {
    const text = interfaceText('InitializerConfig');
    for (const kernelInitializer of INITIALIZERS) {
      using model = sequential({ layers: [dense({ units: 1, inputShape: [1], kernelInitializer })] });
      const { name, ...options } = model.layers[0]!.kernelInitializer!;
      for (const [option, value] of Object.entries(options)) {
        const comment = documented(text, option);
        expect(comment).toContain(`\`${name}\``);
        expect(comment).toContain(`Default ${String(value).replace('-', '−')}.`);
      }
    }
  });
});

it.each([
  ['regularisers', REGULARIZERS],
  ['constraints', CONSTRAINTS],
])('The README names the %s', (kind, names) => expect(namesInReadme(kind)).toEqual([...names]));

describe('The README', () => {
  it('names everything that the package exports', () => {
    const internal = [
      '_internals',
      'ACTIVATIONS',
      'LOSSES',
      'OPTIMIZERS',
      'INITIALIZERS',
      'METRICS',
      'DIGIT_SIZE',
      'REGULARIZERS',
      'CONSTRAINTS',
    ];
    for (const name of Object.keys(mlp)) {
      if (!internal.includes(name)) expect(README).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });

  it('names every method of a model', () => {
    using model = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
    const prototype = Object.getPrototypeOf(model) as object;
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (typeof value === 'function' && name !== 'constructor')
        expect(README).toMatch(new RegExp(`\\b${name}\\b`));
    }
  });
});
