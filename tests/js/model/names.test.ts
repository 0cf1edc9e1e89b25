import { readdirSync, readFileSync } from 'node:fs';
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
} from 'mlp-wasm/internals';
import { catalogue } from 'mlp-wasm/internals';
import { documentationText } from '../../programs.mjs';

// One spelling per name in C++, TypeScript and the documentation.

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
const DOCUMENTATION = documentationText();
const SOURCES = readdirSync(new URL('../../../web/src/', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => read(`web/src/${file}`))
  .join('\n');

beforeAll(() => init());

const KINDS = [
  ['activations', ACTIVATIONS],
  ['losses', LOSSES],
  ['optimizers', OPTIMIZERS],
  ['initializers', INITIALIZERS],
  ['regularizers', REGULARIZERS],
  ['constraints', CONSTRAINTS],
  ['metrics', METRICS],
] as const;

/** Names in the table of web/docs/guide/names.md in the row of `kind`, in Keras' spelling or in English. */
function namesInTable(kind: string): string[] {
  const row = read('web/docs/guide/names.md')
    .split('\n')
    .find((line) =>
      line
        .replace(/ialisers/, 'ializers')
        .replace('regularisers', 'regularizers')
        .startsWith(`| ${kind} |`),
    );
  return [...(row ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}

/** The text of an exported interface of the package. */
function interfaceText(name: string): string {
  const start = SOURCES.search(new RegExp(`export interface ${name} (extends \\w+ )?{`));
  expect(start, name).toBeGreaterThan(0);
  return SOURCES.slice(start, SOURCES.indexOf('\n}', start));
}

/** The interfaces that have the options of a kind of layer. */
const OPTIONS_OF = {
  dense: ['LayerOptions', 'DenseOptions'],
  activation: ['LayerOptions', 'ActivationOptions'],
  dropout: ['LayerOptions', 'DropoutOptions'],
  alphaDropout: ['LayerOptions', 'DropoutOptions'],
  gaussianNoise: ['LayerOptions', 'GaussianNoiseOptions'],
  batchNormalization: ['LayerOptions', 'LayerNormalizationOptions', 'BatchNormalizationOptions'],
  layerNormalization: ['LayerOptions', 'LayerNormalizationOptions'],
  normalization: ['LayerOptions'],
};

/** The comment of a field of an interface. */
const documented = (text: string, field: string): string =>
  text
    .slice(0, text.search(new RegExp(`^  ${field}\\??:`, 'm')))
    .split('/**')
    .at(-1)!;

describe.each(KINDS)('The names of %s', (kind, names) => {
  it('are the same in TypeScript and in the core', () => {
    expect(catalogue()[kind].map(({ name }) => name)).toEqual([...names]);
  });

  it('are the same in the documentation', () => {
    expect(namesInTable(kind)).toEqual([...names]);
  });

  it('are each used once', () => {
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('The kinds of layers', () => {
  const kinds = () => catalogue().layers.map(({ name }) => name);

  it('have a function each', () => {
    for (const name of kinds()) expect(mlp[name as 'dense'], name).toBeTypeOf('function');
  });

  it('are the same in the documentation', () => {
    expect(namesInTable('layers').filter((name) => !name.startsWith('model.'))).toEqual(kinds());
  });

  it('may be told in TypeScript what they may be told in the core', () => {
    for (const { name, options } of catalogue().layers) {
      const interfaces = OPTIONS_OF[name as keyof typeof OPTIONS_OF].map(interfaceText).join('\n');
      const fields = [...interfaces.matchAll(/^  (\w+)\??:/gm)].map(([, field]) => field!);
      expect(fields.filter((field) => field !== 'inputShape' && field !== 'name').sort(), name).toEqual(
        options.map((option) => option.name).sort(),
      );
    }
  });

  it('have the defaults that the documentation says', () => {
    for (const { name, options } of catalogue().layers) {
      for (const { name: option, kind, default: value } of options) {
        const text = OPTIONS_OF[name as keyof typeof OPTIONS_OF]
          .map(interfaceText)
          .find((each) => new RegExp(`^  ${option}\\??:`, 'm').test(each))!;
        const comment = documented(text, option);
        if (value === undefined) expect(comment, option).not.toMatch(/Default (?!:)/);
        else if (typeof value === 'string') expect(comment, option).toContain(`Default \`'${value}'\``);
        else if (kind === 'flag') expect(comment, option).toContain(`Default ${value !== 0}`);
        else expect(Number(/Default (\S+)\./.exec(comment)![1]), option).toBe(value);
      }
    }
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
    for (const loss of LOSSES) {
      // The outputs of hinges are no probabilities.
      const metrics = METRICS.filter((metric) => metric !== 'logLoss' || !/hinge/i.test(loss));
      model.compile({ optimizer, loss, metrics });
    }
  });
});

describe('The defaults in the documentation', () => {
  it('of optimizers are those of the core, and so is which takes what', () => {
    const text = interfaceText('OptimizerConfig');
    const { optimizers } = catalogue();
    for (const field of new Set(optimizers.flatMap(({ options }) => options.map(({ name }) => name)))) {
      const comment = documented(text, field).replace(/\s*\n\s*\*\s*/g, ' ');
      // 'Of `a`, `b`: …', 'Of all but `c`: …', or nothing where all take it
      const [, but, names] = /^ ?Of (all but )?((?:`\w+`(?:, )?)+):/.exec(comment) ?? [undefined, 'all but', ''];
      const listed = [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name);
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
    expect(documented(text, 'kernelInitializer')).toContain(`Default \`'${defaults.kernelInitializer!.name}'\``);
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

describe('The documentation', () => {
  const isDocumented = (name: string) => new RegExp(`\\b${name}\\b`).test(DOCUMENTATION);

  it('names everything that the package exports', () => {
    const internal = [
      'ACTIVATIONS',
      'LOSSES',
      'OPTIMIZERS',
      'INITIALIZERS',
      'METRICS',
      'DIGIT_SIZE',
      'REGULARIZERS',
      'CONSTRAINTS',
    ];
    const missing = Object.keys(mlp).filter((name) => !internal.includes(name) && !isDocumented(name));
    expect(missing).toEqual([]);
  });

  it('names every method of a model', () => {
    using model = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
    const prototype = Object.getPrototypeOf(model) as object;
    const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(
      ([name, { value }]) => typeof value === 'function' && name !== 'constructor',
    );
    expect(methods.map(([name]) => name).filter((name) => !isDocumented(name))).toEqual([]);
  });
});
