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
  return e.map((power) => power / sum);
}`,
  logSoftmax: `(x) => {
  const top = x.reduce((a, b) => Math.max(a, b));
  const log = Math.log(x.reduce((sum, z) => sum + Math.exp(z - top), 0));
  return x.map((z) => z - top - log);
}`,
};

const LAYERS: Record<Step['kind'], (isInt8: boolean) => string> = {
  dense: (isInt8) => `const dense = (kernel, bias${isInt8 ? ', scale' : ''}) => (x) =>
  Float64Array.from(bias, (b, unit) => {
    let sum = 0, at = unit * x.length;
    for (let i = 0; i < x.length; ) sum += x[i++] * kernel[at++];
    return sum${isInt8 ? ' * scale[unit]' : ''} + b;
  });`,
  affine: () =>
    'const affine = (mean, factor, offset) => (x) => x.map((value, i) => (value - mean[i]) * factor[i] + offset[i]);',
  layerNorm: () => `const layerNorm = (gamma, beta, epsilon) => (x) => {
  const mean = x.reduce((a, b) => a + b) / x.length;
  const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length + epsilon);
  return x.map((value, i) => (gamma[i] * (value - mean)) / deviation + beta[i]);
};`,
  activation: () => 'const each = (f) => (x) => x.map((z) => f(z));',
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
  const { inputs, outputs, steps, isInt8, summary } = plan;
  const { base64, layers } = stored(plan);
  const kinds = new Set(steps.map(({ kind }) => kind));
  const names = activationsOf(steps);
  if (names.every((each) => OF_ALL[each])) kinds.delete('activation');
  const lines = [
    `/* ${inComment(name)}: ${summary}`,
    `   predict(x): ${inputs} numbers → ${outputs}, a Float32Array. check(): largest relative error, below 1e-4 */`,
    ...(classNames ? [`export const classNames = ${literal(classNames)};`] : []),
    ...(featureNames ? [`export const featureNames = ${literal(featureNames)};`] : []),
    '',
    `const data = Uint8Array.from(atob('${base64}'), (c) => c.charCodeAt(0)).buffer;`,
    'const floats = (at, length) => new Float32Array(data, at, length);',
    ...(isInt8 ? ['const bytes = (at, length) => new Int8Array(data, at, length);'] : []),
    '',
    ...[...kinds].map((kind) => LAYERS[kind](isInt8)),
    ...names.map((each) => `const ${each} = ${ELEMENTWISE[each] ?? OF_ALL[each]};`),
    '',
    `const layers = [\n${layers.map((layer) => `  ${layer},\n`).join('')}];`,
    '',
    PREDICT.replaceAll('INPUTS', String(inputs)),
    checkOf(plan),
  ];
  return lines.join('\n');
}

const PREDICT = `export function predict(x) {
  if (x?.length !== INPUTS) throw new RangeError(\`predict: x: expected INPUTS numbers, got \${x?.length ?? x}\`);
  return Float32Array.from(layers.reduce((a, layer) => layer(a), Float64Array.from(x)));
}
`;

/** The exam: inputs of a formula, so that outputs alone travel along. */
function checkOf({ inputs, examples: { rows, outputs } }: Plan): string {
  const units = outputs.length / rows;
  const expected = Array.from({ length: rows }, (_, row) => {
    return `[${Array.from(outputs.subarray(row * units, (row + 1) * units), (value) => rounded(value)).join()}]`;
  });
  return `export function check() {
  let n = 0, worst = 0;
  for (const row of [${expected.join()}]) {
    const x = Float32Array.from({ length: ${inputs} }, () => Math.round(1e4 * Math.sin(++n)) / 1e4);
    const scale = row.reduce((a, b) => Math.max(a, Math.abs(b)), 1);
    predict(x).forEach((y, i) => (worst = Math.max(worst, Math.abs(y - row[i]) / scale)));
  }
  return worst;
}
`;
}

/** Precise enough for a difference of 1e-6. */
const rounded = (value: number): number => Number(value.toPrecision(7));

/** The weights in one piece, and the expressions that make the layers of them. */
function stored({ steps }: Plan): { base64: string; layers: string[] } {
  const parts: (Float32Array | Int8Array)[] = [];
  let size = 0;
  const place = (kind: 'floats' | 'bytes', numbers: Float32Array | Int8Array) => {
    const text = `${kind}(${size}, ${numbers.length})`;
    parts.push(numbers);
    size += numbers.byteLength;
    return text;
  };
  // Floats come first, because they must lie at multiples of four bytes.
  const floats = steps.map((step) => {
    const list =
      step.kind === 'dense'
        ? [...(step.quantized ? [] : [step.kernel]), step.bias, ...(step.quantized ? [step.quantized.scale] : [])]
        : step.kind === 'affine'
          ? [step.mean, step.factor, step.offset]
          : step.kind === 'layerNorm'
            ? [step.gamma, step.beta]
            : [];
    return list.map((numbers) => place('floats', numbers));
  });
  const layers = steps.map((step, i) => {
    if (step.kind === 'activation') return activationOf(step.activation);
    const own = step.kind === 'dense' && step.quantized ? [place('bytes', step.quantized.values)] : [];
    const last = step.kind === 'layerNorm' ? [String(step.epsilon)] : [];
    return `${step.kind}(${[...own, ...floats[i]!, ...last].join(', ')})`;
  });
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return { base64: base64Of(bytes), layers };
}

function activationOf({ name, alpha }: ActivationConfig): string {
  if (OF_ALL[name]) return name;
  return ELEMENTWISE[name]!.startsWith('(alpha)') ? `each(${name}(${alpha}))` : `each(${name})`;
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
