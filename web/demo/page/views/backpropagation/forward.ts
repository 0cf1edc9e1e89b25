/** The steps on the way forward: the input, the sums and activations of each layer, and the loss. */
import { slope } from '../../specimen/slopes.js';
import { largest } from '../parts/largest.js';
import { block, fraction, num, row, sum, sup } from '../parts/mathml.js';
import type { Piece } from '../parts/mathml.js';
import { factor, number } from '../parts/numbers.js';
import { valueFormula } from './activations.js';
import { forwardSum, inputsOf, weightsInto } from './arithmetic.js';
import { inputPicture, MOST, most, picture, wanted } from './scene.js';
import type { Scene, Substance } from './scene.js';
import { sumTable } from './worked.js';

export function input(scene: Scene): Substance {
  const { trace, path, symbols, names, words, choose } = scene;
  const k = path[0]!;
  const first = trace.layers[0]!;
  const gradient = Float32Array.from(trace.x, (_, pixel) => {
    let total = 0;
    for (let j = 0; j < first.delta.length; j++)
      total += first.kernel[pixel * first.delta.length + j]! * first.delta[j]!;
    return total;
  });
  const x = trace.x[k]!;
  const symbol = (): Piece => symbols.a(-1, names.index(-1, k));
  return {
    text: words.texts.input,
    pictures: [inputPicture(scene, words.pictures.input), picture(scene, -1, words.pictures.inputGradient, gradient)],
    subject: names.of(-1, k),
    worked: [block(symbol(), '=', fraction(num(number(Math.round(255 * x))), num('255')), '=', num(number(x)))],
    most: largest(gradient, MOST).map((pixel) => ({
      name: names.of(-1, pixel),
      value: gradient[pixel]!,
      choose: () => choose({ 0: pixel }),
    })),
    check: {
      of: fraction(row('∂', symbols.letters.loss), row('∂', symbol())),
      analytic: gradient[k]!,
      place: { kind: 'input', k },
      reading: { kind: 'loss' },
    },
  };
}

export function weightedSums(scene: Scene, layer: number): Substance {
  const { trace, path, symbols, names, words, choose } = scene;
  const [k, j] = [path[layer]!, path[layer + 1]!];
  const { z, bias } = trace.layers[layer]!;
  const inputs = inputsOf(trace, layer);
  const weights = weightsInto(trace.layers[layer]!, j);
  const products = weights.map((weight, i) => weight * inputs[i]!);
  const unit = names.of(layer, j);
  const index = names.index(layer, j);
  return {
    text: words.texts.z,
    pictures: [
      layer === 0
        ? inputPicture(scene, words.pictures.inputs(words.pictures.input))
        : picture(scene, layer - 1, words.pictures.inputs(words.names.a(layer)), inputs),
      picture(scene, layer - 1, words.pictures.weights(unit), weights),
      picture(scene, layer - 1, words.pictures.products, products),
      picture(scene, layer, words.pictures.z, z),
    ],
    subject: unit,
    worked: [
      block(
        symbols.z(layer, index),
        '=',
        sum('k'),
        symbols.kernel(layer, 'k', index),
        symbols.a(layer - 1, 'k'),
        '+',
        symbols.bias(layer, index),
      ),
      sumTable(
        {
          sum: forwardSum(trace, layer, j),
          heads: [words.terms.from, words.terms.value],
          nameOf: (from) => names.of(layer - 1, from),
          selected: k,
          select: (from) => choose({ [layer]: from }),
          tail: [
            [words.bias, number(bias[j]!)],
            [words.sum, number(z[j]!)],
          ],
        },
        words,
      ),
    ],
    most: most(scene, layer, z),
    check: {
      of: fraction(
        row('∂', symbols.z(layer, index)),
        row('∂', symbols.kernel(layer, names.index(layer - 1, k), index)),
      ),
      analytic: inputs[k]!,
      place: { kind: 'kernel', layer, k, j },
      reading: { kind: 'z', layer, j },
    },
  };
}

export function activations(scene: Scene, layer: number): Substance {
  const { trace, layers, path, symbols, names, words } = scene;
  const { activation } = layers[layer]!;
  const isLast = layer === layers.length - 1;
  const j = path[layer + 1]!;
  const { z, a } = trace.layers[layer]!;
  const index = names.index(layer, j);
  const here = (): Piece => num(factor(z[j]!));
  const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
  const worked = isLast
    ? [
        fraction(sup('e', here()), row(sum('k'), sup('e', symbols.z(layer, 'k')))),
        '=',
        fraction(num(number(Math.exp(z[j]!))), num(number(total))),
      ]
    : [valueFormula(activation, here)];
  return {
    text: isLast ? words.texts.softmax : words.texts.a(activation),
    pictures: [picture(scene, layer, words.pictures.z, z), picture(scene, layer, words.pictures.a, a)],
    subject: names.of(layer, j),
    worked: [block(symbols.a(layer, index), '=', ...worked, '=', num(number(a[j]!)))],
    most: most(scene, layer, a),
    check: {
      of: fraction(row('∂', symbols.a(layer, index)), row('∂', symbols.z(layer, index))),
      analytic: isLast ? a[j]! * (1 - a[j]!) : slope(activation, z[j]!, a[j]!),
      place: { kind: 'bias', layer, j },
      reading: { kind: 'a', layer, j },
    },
  };
}

export function loss(scene: Scene): Substance {
  const { trace, symbols, names, words } = scene;
  const last = trace.layers.length - 1;
  const { a, delta } = trace.layers[last]!;
  const { target } = trace;
  const index = names.index(last, target);
  return {
    text: words.texts.loss(names.answer(target)),
    pictures: [
      picture(scene, last, words.pictures.probabilities, a, { largest: 1 }),
      picture(scene, last, words.pictures.wanted, wanted(scene), { largest: 1 }),
    ],
    subject: names.of(last, target),
    worked: [
      block(
        symbols.letters.loss,
        '=',
        '−',
        row('ln', '⁡'),
        symbols.a(last, index),
        '=',
        '−',
        row('ln', '⁡'),
        num(number(a[target]!)),
        '=',
        num(number(trace.loss)),
      ),
    ],
    most: most(scene, last, a),
    check: {
      of: fraction(row('∂', symbols.letters.loss), row('∂', symbols.z(last, index))),
      analytic: delta[target]!,
      place: { kind: 'bias', layer: last, j: target },
      reading: { kind: 'loss' },
    },
  };
}
