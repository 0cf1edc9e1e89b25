/** One module of plain JavaScript that predicts as the model does, in double precision, and needs nothing else. */
import type { ActivationConfig, Sequential } from '../../index.js';
import type { ModelDescription } from '../description.js';
import type { ExportedFile } from '../options.js';
import { activationsOf, checkOptions, inComment, planOf, type Plan, type Step } from './plan.js';

type Name = ActivationConfig['name'];

/** The functions of z that stand alone, or are made for an alpha; each limit is the core's. */
const ELEMENTWISE: Partial<Record<Name, string>> = {
  sigmoid: '(z) => 1 / (1 + Math.exp(-z))',
  tanh: '(z) => Math.tanh(z)',
  relu: '(z) => (z < 0 ? 0 : z)',
  leakyRelu: '(alpha) => (z) => (z > 0 ? z : alpha * z)',
  elu: '(alpha) => (z) => (z > 0 ? z : alpha * Math.expm1(z))',
  selu: '(z) => 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * Math.expm1(z))',
  // Φ(z) − ½ as φ(z)·(z + z³/3 + z⁵/15 + …), whose terms have one sign: nothing cancels.
  gelu: `(z) => {
  if (Math.abs(z) > 8) return z > 0 ? z : 0;
  let term = z, sum = z;
  for (let i = 3; Math.abs(term) > 1e-20; i += 2) sum += term *= (z * z) / i;
  return z * (0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));
}`,
  geluTanh: '(z) => (z / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)))',
  silu: '(z) => (z < -1e4 ? 0 : z / (1 + Math.exp(-z)))',
  softplus: '(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))',
  softsign: '(z) => z / (1 + Math.abs(z))',
  hardSigmoid: '(z) => Math.min(1, Math.max(0, z / 6 + 0.5))',
  exponential: '(z) => Math.exp(Math.min(z, 88))',
};

/** The functions of all numbers of a layer. */
const OF_ALL: Partial<Record<Name, string>> = {
  softmax: `(x) => {
  const top = x.reduce((a, b) => Math.max(a, b));
  const e = x.map((z) => Math.exp(z - top));
  const sum = e.reduce((a, b) => a + b);
  return e.map((z) => z / sum);
}`,
  logSoftmax: `(x) => {
  const top = x.reduce((a, b) => Math.max(a, b));
  const log = Math.log(x.reduce((sum, z) => sum + Math.exp(z - top), 0));
  return x.map((z) => z - top - log);
}`,
};

const LAYERS: Record<Exclude<Step['kind'], 'activation'>, (isInt8: boolean) => string> = {
  dense: (isInt8) => `const dense = (${isInt8 ? 'begin, bias, scale' : 'kernel, bias'}) => (x) =>
  Float64Array.from(bias, (b, unit) => {
    let sum = 0, at = ${isInt8 ? 'begin + ' : ''}unit * x.length;
    for (let i = 0; i < x.length; ) sum += x[i++] * ${isInt8 ? 'data' : 'kernel'}[at++];
    return sum${isInt8 ? ' * scale[unit]' : ''} + b;
  });`,
  affine: () =>
    'const affine = (mean, factor, offset) => (x) => x.map((value, i) => (value - mean[i]) * factor[i] + offset[i]);',
  layerNorm: () => `const layerNorm = (gamma, beta, epsilon) => (x) => {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length + epsilon);
  return x.map((value, i) => (gamma[i] * (value - mean)) / deviation + beta[i]);
};`,
};

export async function write(
  method: string,
  description: ModelDescription,
  _: Sequential,
  options: object,
): Promise<ExportedFile[]> {
  const plan = planOf(method, description, checkOptions(method, options, ['quantize']));
  return [{ name: 'model.js', bytes: new TextEncoder().encode(moduleOf(plan, description)) }];
}

/** The module of a plan. */
export function moduleOf(plan: Plan, { name, classNames, featureNames }: ModelDescription): string {
  const { inputs, outputs, steps, isInt8, examples, summary } = plan;
  const { base64, layers, expected } = stored(plan);
  const kinds = new Set(steps.flatMap(({ kind }) => (kind === 'activation' ? [] : [kind])));
  const names = activationsOf(steps);
  const lines = [
    `/* ${inComment(name)}: ${summary}`,
    `   predict(${inputs} numbers): Float32Array of ${outputs}; check(): its relative error, below 1e-4 */`,
    ...(classNames ? [`export const classNames = ${literal(classNames)};`] : []),
    ...(featureNames ? [`export const featureNames = ${literal(featureNames)};`] : []),
    '',
    `const data = Int8Array.from(atob('${base64}'), (c) => c.charCodeAt(0));`,
    'const floats = (at, length) => new Float32Array(data.buffer, at, length);',
    '',
    ...[...kinds].map((kind) => LAYERS[kind](isInt8)),
    ...names.map((each) => `const ${each} = ${ELEMENTWISE[each] ?? OF_ALL[each]};`),
    '',
    `const layers = [\n${layers.map((layer) => `  ${layer},\n`).join('')}];`,
    '',
    PREDICT.replaceAll('INPUTS', String(inputs)),
    CHECK.replace('INPUTS', String(inputs))
      .replace('ANSWERS', Array<string>(examples.rows).fill('...predict(x())').join(', '))
      .replace('EXPECTED', expected),
  ];
  return lines.join('\n');
}

const PREDICT = `export function predict(x) {
  if (x?.length !== INPUTS) throw new RangeError(\`predict: x: expected INPUTS numbers, got \${x?.length ?? x}\`);
  return Float32Array.from(layers.reduce((a, layer) => layer(a), Float64Array.from(x)));
}
`;

/** The exam: inputs of a formula, so that outputs alone travel along. */
const CHECK = `export function check() {
  let n = 0;
  const x = () => Array.from({ length: INPUTS }, () => Math.round(1e4 * Math.sin(++n)) / 1e4);
  const y = [ANSWERS];
  const known = EXPECTED;
  return y.reduce((worst, a, i) => Math.max(worst, Math.abs(a - known[i]) / (1 + Math.abs(known[i]))), 0);
}
`;

/** The weights and the outputs of the exam in one piece, and the expressions that take them out. */
function stored({ steps, examples }: Plan): { base64: string; layers: string[]; expected: string } {
  const parts: (Float32Array | Int8Array)[] = [];
  let size = 0;
  const place = (numbers: Float32Array | Int8Array): number => {
    parts.push(numbers);
    size += numbers.byteLength;
    return size - numbers.byteLength;
  };
  const floats = (numbers: Float32Array) => `floats(${place(numbers)}, ${numbers.length})`;
  // Floats come first, because they must lie at multiples of four bytes.
  const vectors = steps.map((step) => {
    if (step.kind === 'dense') {
      return (step.quantized ? [step.bias, step.quantized.scale] : [step.kernel, step.bias]).map(floats);
    }
    if (step.kind === 'affine') return [step.mean, step.factor, step.offset].map(floats);
    return step.kind === 'layerNorm' ? [step.gamma, step.beta].map(floats) : [];
  });
  const expected = floats(examples.outputs);
  const layers = steps.map((step, i) => {
    if (step.kind === 'activation') return activationOf(step.activation);
    const own = step.kind === 'dense' && step.quantized ? [place(step.quantized.values)] : [];
    const last = step.kind === 'layerNorm' ? [step.epsilon] : [];
    return `${step.kind}(${[...own, ...vectors[i]!, ...last].join(', ')})`;
  });
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return { base64: base64Of(bytes), layers, expected };
}

function activationOf({ name, alpha }: ActivationConfig): string {
  if (OF_ALL[name]) return name;
  return `(x) => x.map(${ELEMENTWISE[name]!.startsWith('(alpha)') ? `${name}(${alpha})` : name})`;
}

/** In parts, because a function takes only so many arguments; their lengths are multiples of three, which need no `=`. */
function base64Of(bytes: Uint8Array): string {
  const PART = 3 << 13;
  let text = '';
  for (let at = 0; at < bytes.length; at += PART) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PART)));
  }
  return text;
}

/** JSON that is harmless within a script of an HTML page, too. */
export const literal = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
