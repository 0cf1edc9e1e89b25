/** The formulas of the activations, σ and σ', for a z that may be a letter or a number. */
import type { ActivationName } from 'mlp-wasm';
import { brackets, cases, fraction, num, row, root, sub, sup } from '../parts/mathml.js';
import type { Piece } from '../parts/mathml.js';

/** An element can stand in one place only, so that a formula asks for its z as often as it shows it. */
type Formula = (z: () => Piece) => Piece;

const e = (power: Piece): Piece => sup('e', power);
const minus = (z: Piece): Piece => row('−', z);
const squared = (piece: Piece): Piece => sup(piece, '2');
const call = (of: string, ...pieces: Piece[]): Piece => row(of, '⁡', brackets(...pieces));
const positive = (z: () => Piece): Piece => row(z(), '>', '0');
const otherwise = (z: () => Piece): Piece => row(z(), '≤', '0');
const logistic: Formula = (z) => fraction('1', row('1', '+', e(minus(z()))));
const gauss = (z: () => Piece): Piece => row(fraction('1', root(row('2', 'π'))), e(row('−', squared(z()), '/', '2')));
const inner = (z: () => Piece): Piece =>
  row(root(fraction('2', 'π')), brackets(z(), '+', num('0.0447'), sup(z(), '3')));

const FORMULAS: Readonly<
  Record<Exclude<ActivationName, 'softmax' | 'logSoftmax'>, { value: Formula; slope: Formula }>
> = {
  linear: { value: (z) => z(), slope: () => '1' },
  sigmoid: {
    value: logistic,
    slope: (z) => row(call('σ', z()), brackets('1', '−', call('σ', z()))),
  },
  tanh: { value: (z) => call('tanh', z()), slope: (z) => row('1', '−', row(squared('tanh'), '⁡', brackets(z()))) },
  relu: {
    value: (z) => call('max', '0', ',', z()),
    slope: (z) => cases(['1', positive(z)], ['0', otherwise(z)]),
  },
  leakyRelu: {
    value: (z) => cases([z(), positive(z)], [row(num('0.01'), z()), otherwise(z)]),
    slope: (z) => cases(['1', positive(z)], [num('0.01'), otherwise(z)]),
  },
  elu: {
    value: (z) => cases([z(), positive(z)], [row(e(z()), '−', '1'), otherwise(z)]),
    slope: (z) => cases(['1', positive(z)], [e(z()), otherwise(z)]),
  },
  selu: {
    value: (z) => cases([row('λ', z()), positive(z)], [row('λ', 'α', brackets(e(z()), '−', '1')), otherwise(z)]),
    slope: (z) => cases(['λ', positive(z)], [row('λ', 'α', e(z())), otherwise(z)]),
  },
  gelu: {
    value: (z) => row(z(), call('Φ', z())),
    slope: (z) => row(call('Φ', z()), '+', z(), gauss(z)),
  },
  geluTanh: {
    value: (z) => row(fraction(z(), '2'), brackets('1', '+', call('tanh', 'u')), ',', 'u', '=', inner(z)),
    slope: (z) =>
      row(
        fraction(row('1', '+', call('tanh', 'u')), '2'),
        '+',
        fraction(z(), '2'),
        brackets('1', '−', row(squared('tanh'), '⁡', brackets('u'))),
        'u′',
        ',',
        'u',
        '=',
        inner(z),
      ),
  },
  silu: {
    value: (z) => row(z(), '⋅', logistic(z)),
    slope: (z) =>
      row(
        call('s', z()),
        brackets('1', '+', z(), brackets('1', '−', call('s', z()))),
        ',',
        call('s', z()),
        '=',
        logistic(z),
      ),
  },
  softplus: { value: (z) => call('ln', '1', '+', e(z())), slope: logistic },
  softsign: {
    value: (z) => fraction(z(), row('1', '+', '|', z(), '|')),
    slope: (z) => fraction('1', squared(brackets('1', '+', '|', z(), '|'))),
  },
  hardSigmoid: {
    value: (z) => call('min', '1', ',', call('max', '0', ',', fraction(z(), '6'), '+', fraction('1', '2'))),
    slope: (z) => cases([fraction('1', '6'), row('|', z(), '|', '<', '3')], ['0', row('|', z(), '|', '≥', '3')]),
  },
  exponential: { value: (z) => e(z()), slope: (z) => e(z()) },
};

export function valueFormula(activation: ActivationName, z: () => Piece): Piece {
  return FORMULAS[activation as keyof typeof FORMULAS].value(z);
}

export function slopeFormula(activation: ActivationName, z: () => Piece): Piece {
  return FORMULAS[activation as keyof typeof FORMULAS].slope(z);
}

/** e^z_j ÷ Σ e^z_k */
export function softmaxFormula(z: (index: string) => Piece, j: string): Piece {
  return fraction(e(z(j)), row(sub('∑', 'k'), e(z('k'))));
}
