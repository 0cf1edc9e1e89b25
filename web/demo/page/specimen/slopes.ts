/**
 * σ'(z) of the activations that hidden layers may have, for the arithmetic that the page unfolds. The network computes
 * its own (`cpp/mlp/activation.cc`); a test compares the two.
 */
import type { ActivationName } from 'mlp-wasm';

export type HiddenActivation = Exclude<ActivationName, 'softmax' | 'logSoftmax'>;

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
/** λ and α of Klambauer et al. 2017. */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** By z and a = σ(z). */
const SLOPES: Readonly<Record<HiddenActivation, (z: number, a: number) => number>> = {
  linear: () => 1,
  sigmoid: (_, a) => a * (1 - a),
  tanh: (_, a) => 1 - a * a,
  relu: (z) => (z > 0 ? 1 : 0),
  leakyRelu: (z) => (z > 0 ? 1 : 0.01),
  elu: (z, a) => (z > 0 ? 1 : a + 1),
  selu: (z, a) => (z > 0 ? SELU_SCALE : a + SELU_SCALE * SELU_ALPHA),
  // Φ(z) + zφ(z), where Φ(z) = a/z.
  gelu: (z, a) => (z === 0 ? 0.5 : a / z) + (z * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI),
  geluTanh: (z) => {
    const factor = Math.sqrt(2 / Math.PI);
    const t = Math.tanh(factor * (z + 0.044715 * z ** 3));
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * factor * (1 + 3 * 0.044715 * z * z);
  },
  silu: (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))),
  softplus: (z) => sigmoid(z),
  softsign: (z) => 1 / (1 + Math.abs(z)) ** 2,
  hardSigmoid: (z) => (Math.abs(z) < 3 ? 1 / 6 : 0),
  exponential: (_, a) => a,
};

export function slope(activation: ActivationName, z: number, a: number): number {
  return SLOPES[activation as HiddenActivation](z, a);
}
