/** Between models of the package and networks that the page can show: 784 inputs, 10 digits out. */
import { sequential } from 'mlp-wasm';
import type { ActivationName, LayerDescription, Sequential } from 'mlp-wasm';
import { PIXELS } from '../shared/digit-work.js';
import { configsOf } from '../shared/plain-layers.js';
import type { PlainLayer } from '../shared/plain-layers.js';
import type { Misfit, PlainNetwork, Remark } from '../shared/model-work.js';

const DIGITS = 10;
/** Outputs of the page's own network, whose last one is for drawings that are no digits. */
const WITH_NO_DIGIT = 11;
export const NO_DIGIT = 'not a digit';

/** Layers that do nothing outside of training, and that the page does not know. */
const IDLE = ['alphaDropout', 'gaussianNoise'];

const NORMALIZATIONS: Partial<Record<LayerDescription['className'], NonNullable<PlainLayer['normalization']>>> = {
  batchNormalization: 'batch',
  layerNormalization: 'layer',
};
const PARTS = { batch: ['gamma', 'beta', 'movingMean', 'movingVariance'], layer: ['gamma', 'beta'] } as const;

/** A model that cannot answer on the page, and the reason. */
export class Unfit extends Error {
  constructor(readonly reason: Misfit) {
    super(JSON.stringify(reason));
  }
}

/** The model of a network, with the names of its classes. */
export function modelOf({ layers, weights }: PlainNetwork): Sequential {
  const outputs = layers.at(-1)!.units;
  const model = sequential({ name: 'digits', layers: configsOf(layers) });
  model.setWeights([...weights]);
  const names = Array.from({ length: DIGITS }, (_, digit) => String(digit));
  if (outputs === DIGITS) model.classNames = names;
  if (outputs === WITH_NO_DIGIT) model.classNames = [...names, NO_DIGIT];
  return model;
}

/** A network without the output for what is no digit: softmax then shares out among the ten what is theirs. */
export function digitsAlone({ layers, weights }: PlainNetwork): PlainNetwork {
  const { units, activation } = layers.at(-1)!;
  const [kernel, bias] = weights.slice(-2);
  const inputs = kernel!.shape[0]!;
  const data = new Float32Array(inputs * DIGITS);
  for (let i = 0; i < inputs; i++) data.set(kernel!.data.subarray(i * units, i * units + DIGITS), i * DIGITS);
  return {
    layers: [...layers.slice(0, -1), { units: DIGITS, activation }],
    weights: [
      ...weights.slice(0, -2),
      { shape: [inputs, DIGITS], data },
      { shape: [DIGITS], data: bias!.data.slice(0, DIGITS) },
    ],
  };
}

/**
 * The network of a model that was read, with what had to be changed for the page.
 *
 * @throws {Unfit} with what does not fit.
 */
export function plainNetworkOf(model: Sequential): { network: PlainNetwork; remarks: Remark[] } {
  const [inputs, outputs] = [model.inputShape[0], model.outputShape[0]];
  if (inputs !== PIXELS) throw new Unfit({ misfit: 'inputs', found: inputs });
  const isWithNoDigit = outputs === WITH_NO_DIGIT && model.classNames?.at(-1) === NO_DIGIT;
  if (outputs !== DIGITS && !isWithNoDigit) throw new Unfit({ misfit: 'outputs', found: outputs });

  const remarks: Remark[] = [];
  const layers: PlainLayer[] = [];
  const weights: { shape: number[]; data: Float32Array }[] = [];
  const all = model.getWeights();
  const of = (layer: LayerDescription, part: string): Float32Array | undefined =>
    all.find(({ name }) => name === `${layer.name}/${part}`)?.data;
  for (const layer of model.layers) {
    const { className, name, units } = layer;
    const last = layers.at(-1);
    const normalization = NORMALIZATIONS[className];
    if (className === 'dense') {
      const kernel = of(layer, 'kernel')!;
      layers.push({ units, activation: nameOf(layer), ...penaltiesOf(layer) });
      weights.push({ shape: [kernel.length / units, units], data: kernel });
      weights.push({ shape: [units], data: of(layer, 'bias') ?? new Float32Array(units) });
    } else if (className === 'activation' && last?.activation === 'linear') {
      last.activation = nameOf(layer);
    } else if (normalization && last?.activation === 'linear' && isUsual(layer, last)) {
      last.normalization = normalization;
      const parts = PARTS[normalization].map((part) => of(layer, part));
      if (parts.some((data) => !data)) throw new Unfit({ misfit: 'layer', layer: name, kind: className });
      weights.push(...parts.map((data) => ({ shape: [units], data: data! })));
    } else if (className === 'dropout' && last && !last.dropout) {
      if (layer.rate! > 0) last.dropout = layer.rate!;
    } else if (IDLE.includes(className)) {
      remarks.push({ remark: 'left-out', layer: name });
    } else {
      throw new Unfit({ misfit: 'layer', layer: name, kind: className });
    }
  }
  layers.slice(0, -1).forEach(({ activation }, i) => {
    // Of all units together: the page shows hidden units one by one.
    if (/softmax/i.test(activation)) throw new Unfit({ misfit: 'activation', layer: String(i + 1), activation });
  });
  const last = layers.at(-1)!;
  if (!['softmax', 'logSoftmax', 'linear'].includes(last.activation)) {
    throw new Unfit({ misfit: 'last', activation: last.activation });
  }
  if (last.activation !== 'softmax') remarks.push({ remark: 'softmax', activation: last.activation });
  last.activation = 'softmax';
  if (!isWithNoDigit) return { network: { layers, weights }, remarks };
  return { network: digitsAlone({ layers, weights }), remarks: [...remarks, { remark: 'no-digit' }] };
}

/** True of a normalisation that is all that stands before the layer's activation, with the package's own ε. */
function isUsual({ epsilon }: LayerDescription, { normalization, dropout }: PlainLayer): boolean {
  return normalization === undefined && dropout === undefined && Math.abs(epsilon! - 1e-3) < 1e-9;
}

/** The penalties on a layer's kernel. */
function penaltiesOf({ kernelRegularizer }: LayerDescription): Pick<PlainLayer, 'l1' | 'l2'> {
  const { l1 = 0, l2 = 0 } = kernelRegularizer ?? {};
  return { ...(l1 > 0 && { l1 }), ...(l2 > 0 && { l2 }) };
}

/** The activation of a layer, which must be the one that its name alone says. */
function nameOf({ name, activation }: LayerDescription): ActivationName {
  const { name: kind, alpha } = activation;
  const usual: Partial<Record<ActivationName, number>> = { leakyRelu: 0.01, elu: 1 };
  if (alpha !== undefined && usual[kind] !== undefined && Math.abs(alpha - usual[kind]) > 1e-6) {
    throw new Unfit({ misfit: 'activation', layer: name, activation: `${kind}, α = ${alpha}` });
  }
  return kind;
}
