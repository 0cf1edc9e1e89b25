/**
 * One header of C99 that predicts as the model does. Numbers are computed as float, which microcontrollers with a
 * floating-point unit do as fast as integers; weights of int8 save memory without data to calibrate activations by, and
 * without what rounding activations would lose.
 */
import { arrayName } from '../../check/realm.js';
import { checkString, rangeError } from '../../check/arguments.js';
import type { ActivationConfig, Sequential } from '../../index.js';
import type { ModelDescription } from '../description.js';
import type { ExportedFile } from '../options.js';
import {
  activationsOf,
  checkOptions,
  inComment,
  planOf,
  shortest,
  type Dense,
  type Plan,
  type Step,
  type WeightOptions,
} from './plan.js';

interface COptions extends WeightOptions {
  /** Begins every name, and is that of the file. Default `'model'`. */
  prefix?: string;
}

type Name = ActivationConfig['name'];

/** The expression of a float z; each limit is the core's. */
const ELEMENTWISE: Partial<Record<Name, string>> = {
  sigmoid: '1.0f / (1.0f + expf(-z))',
  tanh: 'tanhf(z)',
  relu: 'z < 0.0f ? 0.0f : z',
  leakyRelu: 'z > 0.0f ? z : alpha * z',
  elu: 'z > 0.0f ? z : alpha * expm1f(z)',
  selu: '1.05070099f * (z > 0.0f ? z : 1.67326324f * expm1f(z))',
  gelu: '0.5f * z * erfcf(-0.707106781f * z)',
  geluTanh: '0.5f * z * (1.0f + tanhf(0.797884561f * (z + 0.044715f * z * z * z)))',
  silu: 'z < -1e4f ? 0.0f : z / (1.0f + expf(-z))',
  softplus: '(z > 0.0f ? z : 0.0f) + log1pf(expf(-fabsf(z)))',
  softsign: 'z / (1.0f + fabsf(z))',
  hardSigmoid: 'z < -3.0f ? 0.0f : z > 3.0f ? 1.0f : z / 6.0f + 0.5f',
  exponential: 'expf(z > 88.0f ? 88.0f : z)',
};

const ALPHA: Name[] = ['leakyRelu', 'elu'];

const TOP = `  float top = x[0], sum = 0.0f;
  for (int i = 1; i < units; ++i) top = x[i] > top ? x[i] : top;
`;

/** The bodies of functions of all numbers of a layer. */
const OF_ALL: Partial<Record<Name, string>> = {
  softmax: `${TOP}  for (int i = 0; i < units; ++i) {
    x[i] = expf(x[i] - top);
    sum += x[i];
  }
  for (int i = 0; i < units; ++i) x[i] /= sum;
`,
  logSoftmax: `${TOP}  for (int i = 0; i < units; ++i) sum += expf(x[i] - top);
  sum = logf(sum);
  for (int i = 0; i < units; ++i) x[i] = x[i] - top - sum;
`,
};

const VECTOR = 'float *x, int units';

const LAYERS: Record<Exclude<Step['kind'], 'activation'>, (isInt8: boolean) => string> = {
  dense: (isInt8) => `/* out = kernel * x + bias; a row of the kernel for each unit. */
static inline void PREFIX_dense(const float *x, int inputs, const ${isInt8 ? 'int8_t' : 'float'} *kernel, const float *bias,
                                ${isInt8 ? 'const float *scale, ' : ''}int units, float *out) {
  for (int unit = 0; unit < units; ++unit, kernel += inputs) {
    float sum = 0.0f;
    for (int i = 0; i < inputs; ++i) sum += ${isInt8 ? '(float)kernel[i]' : 'kernel[i]'} * x[i];
    out[unit] = sum${isInt8 ? ' * scale[unit]' : ''} + bias[unit];
  }
}
`,
  affine:
    () => `static inline void PREFIX_affine(${VECTOR}, const float *mean, const float *factor, const float *offset) {
  for (int i = 0; i < units; ++i) x[i] = (x[i] - mean[i]) * factor[i] + offset[i];
}
`,
  layerNorm:
    () => `static inline void PREFIX_layer_norm(${VECTOR}, const float *gamma, const float *beta, float epsilon) {
  float mean = 0.0f, variance = 0.0f;
  for (int i = 0; i < units; ++i) mean += x[i];
  mean /= (float)units;
  for (int i = 0; i < units; ++i) variance += (x[i] - mean) * (x[i] - mean);
  variance = sqrtf(variance / (float)units + epsilon);
  for (int i = 0; i < units; ++i) x[i] = gamma[i] * (x[i] - mean) / variance + beta[i];
}
`,
};

export async function write(
  method: string,
  description: ModelDescription,
  _: Sequential,
  options: object,
): Promise<ExportedFile[]> {
  const given = checkOptions<COptions>(method, options, ['quantize', 'prefix']);
  const { prefix = 'model' } = given;
  if (!/^[a-z]\w{0,39}$/i.test(checkString(`${method}: prefix`, prefix))) {
    throw rangeError(`${method}: prefix`, 'a letter, and up to 39 letters, digits or underscores', prefix);
  }
  const text = headerOf(planOf(method, description, given), description, prefix);
  return [{ name: `${prefix}.h`, bytes: new TextEncoder().encode(text) }];
}

/** The header of a plan. */
function headerOf(plan: Plan, { name, classNames, featureNames }: ModelDescription, prefix: string): string {
  const { inputs, outputs, steps, isInt8, summary } = plan;
  const named = (text: string) => text.replaceAll('PREFIX', prefix).replaceAll('UPPER', prefix.toUpperCase());
  const { lines, stack } = predictionOf(plan);
  const kinds = [...new Set(steps.map(({ kind }) => kind))].filter((kind) => kind !== 'activation');
  const parts = [
    `/* ${inComment(name)}: ${summary}`,
    named(`
   void PREFIX_predict(const float *x, float *out): ${inputs} numbers in, ${outputs} out; the two must not overlap.
   float PREFIX_check(void), where UPPER_CHECK is defined: the largest relative error in examples, below 1e-4.

   C99 and C++; ${stack} bytes of stack beside those of calls; all numbers are computed as float. Include it in one
   file, because each that includes it has its own copy of the weights. */
#ifndef UPPER_H
#define UPPER_H

#include <math.h>
#include <stdint.h>

#define UPPER_INPUTS ${inputs}
#define UPPER_OUTPUTS ${outputs}
`),
    namesOf(named('PREFIX_class_names'), classNames),
    namesOf(named('PREFIX_feature_names'), featureNames),
    ...steps.map((step, i) => named(tablesOf(step, i))),
    '\n',
    ...kinds.map((kind) => `${named(LAYERS[kind](isInt8))}\n`),
    ...activationsOf(steps).map((each) => `${named(activationOf(each))}\n`),
    named(`static inline void PREFIX_predict(const float *x, float *out) {\n${lines.join('')}}\n`),
    named(checkOf(plan)),
    '\n#endif\n',
  ];
  return parts.join('');
}

/** The numbers of a step. */
function tablesOf(step: Step, i: number): string {
  if (step.kind === 'dense') {
    const { kernel, bias, quantized } = step;
    if (!quantized) return table(`kernel${i}`, kernel) + table(`bias${i}`, bias);
    return table(`kernel${i}`, quantized.values) + table(`scale${i}`, quantized.scale) + table(`bias${i}`, bias);
  }
  if (step.kind === 'affine') {
    return table(`mean${i}`, step.mean) + table(`factor${i}`, step.factor) + table(`offset${i}`, step.offset);
  }
  return step.kind === 'layerNorm' ? table(`gamma${i}`, step.gamma) + table(`beta${i}`, step.beta) : '';
}

/** Columns after which a line of numbers ends. */
const WIDTH = 112;

function table(name: string, numbers: Float32Array | Int8Array): string {
  const type = arrayName(numbers) === 'Int8Array' ? 'int8_t' : 'float';
  const lines = [`static const ${type} PREFIX_${name}[${numbers.length}] = {\n `];
  let column = 0;
  for (const value of numbers) {
    const text = ` ${type === 'float' ? floatOf(value) : value},`;
    if (column + text.length > WIDTH) lines.push('\n ');
    column = (column + text.length > WIDTH ? 0 : column) + text.length;
    lines.push(text);
  }
  return `${lines.join('')}\n};\n`;
}

/** A literal of the type float. */
function floatOf(value: number): string {
  if (Number.isNaN(value)) return 'NAN';
  if (!Number.isFinite(value)) return value < 0 ? '-INFINITY' : 'INFINITY';
  const text = shortest(value);
  return `${text}${/[.e]/.test(text) ? '' : '.0'}f`;
}

function namesOf(variable: string, names?: readonly string[]): string {
  if (!names) return '';
  const list = names.map((name) => `  "${escaped(name)}",\n`).join('');
  return `\nstatic const char *const ${variable}[${names.length}] = {\n${list}};\n\n`;
}

/** Octal, because it ends after three digits; question marks, too, because two of them may begin a trigraph. */
const escaped = (name: string): string =>
  name.replace(/[\x00-\x1f"\\?\x7f]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function activationOf(name: Name): string {
  const head = `static inline void PREFIX_${snake(name)}(${VECTOR}${ALPHA.includes(name) ? ', float alpha' : ''}) {\n`;
  if (OF_ALL[name]) return `${head}${OF_ALL[name]}}\n`;
  return `${head}  for (int i = 0; i < units; ++i) {
    const float z = x[i];
    x[i] = ${ELEMENTWISE[name]};
  }
}
`;
}

/** The calls, and the bytes of their buffers: dense layers go from one buffer to the other, all else stays where it is. */
function predictionOf({ steps }: Plan): { lines: string[]; stack: number } {
  const sizes: Record<string, number> = {};
  const lastDense = steps.map(({ kind }) => kind).lastIndexOf('dense');
  let at = 'x';
  const calls = steps.flatMap((step, i): string[] => {
    const { units } = step;
    const from = at;
    if (step.kind === 'dense' || at === 'x') {
      at = i >= lastDense ? 'out' : from === 'a' ? 'b' : 'a';
      if (at !== 'out') sizes[at] = Math.max(sizes[at] ?? 0, units);
    }
    if (step.kind === 'dense') return [denseCall(step, i, from, at)];
    const copy = from === 'x' ? [`  for (int i = 0; i < ${units}; ++i) ${at}[i] = x[i];\n`] : [];
    return [...copy, callOf(step, i, `${at}, ${units}`)];
  });
  const buffers = Object.entries(sizes).map(([name, size]) => `  float ${name}[${size}];\n`);
  return {
    lines: [...buffers, ...calls],
    stack: 4 * Object.values(sizes).reduce((sum, size) => sum + size, 0),
  };
}

function denseCall({ inputs, units, quantized }: Dense, i: number, from: string, to: string): string {
  const scale = quantized ? `PREFIX_scale${i}, ` : '';
  return `  PREFIX_dense(${from}, ${inputs}, PREFIX_kernel${i}, PREFIX_bias${i}, ${scale}${units}, ${to});\n`;
}

function callOf(step: Exclude<Step, Dense>, i: number, vector: string): string {
  if (step.kind === 'affine') {
    return `  PREFIX_affine(${vector}, PREFIX_mean${i}, PREFIX_factor${i}, PREFIX_offset${i});\n`;
  }
  if (step.kind === 'layerNorm') {
    return `  PREFIX_layer_norm(${vector}, PREFIX_gamma${i}, PREFIX_beta${i}, ${floatOf(Math.fround(step.epsilon))});\n`;
  }
  const { name, alpha } = step.activation;
  return `  PREFIX_${snake(name)}(${vector}${ALPHA.includes(name) ? `, ${floatOf(Math.fround(alpha!))}` : ''});\n`;
}

/** The exam: inputs of a formula, so that outputs alone travel along. */
function checkOf({ examples: { rows, outputs } }: Plan): string {
  return `
#ifdef UPPER_CHECK
${table('expected', outputs)}
static inline float PREFIX_check(void) {
  static float x[UPPER_INPUTS], y[UPPER_OUTPUTS];
  const float *expected = PREFIX_expected;
  float worst = 0.0f;
  int n = 0;
  for (int row = 0; row < ${rows}; ++row, expected += UPPER_OUTPUTS) {
    float scale = 1.0f;
    for (int i = 0; i < UPPER_INPUTS; ++i) x[i] = (float)(floor(1e4 * sin((double)++n) + 0.5) / 1e4);
    for (int i = 0; i < UPPER_OUTPUTS; ++i) scale = fmaxf(scale, fabsf(expected[i]));
    PREFIX_predict(x, y);
    for (int i = 0; i < UPPER_OUTPUTS; ++i) {
      const float difference = fabsf(y[i] - expected[i]) / scale;
      if (!isnan(worst) && !(difference <= worst)) worst = difference;
    }
  }
  return worst;
}
#endif
`;
}
