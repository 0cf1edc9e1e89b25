/** The steps on the way back: the error signals and gradients of each layer, and the update. */
import { slope } from '../../specimen/slopes.js';
import { largest } from '../parts/largest.js';
import { block, brackets, fraction, num, row, sum } from '../parts/mathml.js';
import type { Piece } from '../parts/mathml.js';
import { factor, number } from '../parts/numbers.js';
import { backwardSum, column, inputsOf, weightsInto, weightsOutOf } from './arithmetic.js';
import { inputPicture, MOST, most, picture, wanted } from './scene.js';
import type { Content, Entry, Scene, Substance } from './scene.js';
import { sumTable } from './worked.js';

/** ∂L/∂z of a unit, by nudging its bias, which moves its z by as much. */
function checkOfSignal({ trace, symbols, names }: Scene, layer: number, j: number): Content['check'] {
  return {
    of: fraction(row('∂', symbols.letters.loss), row('∂', symbols.z(layer, names.index(layer, j)))),
    analytic: trace.layers[layer]!.delta[j]!,
    place: { kind: 'bias', layer, j },
    reading: { kind: 'loss' },
  };
}

export function lastSignals(scene: Scene): Substance {
  const { trace, path, symbols, names, words } = scene;
  const last = trace.layers.length - 1;
  const j = path[last + 1]!;
  const { a, delta } = trace.layers[last]!;
  const y = wanted(scene);
  const index = names.index(last, j);
  return {
    text: words.texts.deltaLast,
    pictures: [
      picture(scene, last, words.pictures.probabilities, a, { largest: 1 }),
      picture(scene, last, words.pictures.wanted, y, { largest: 1 }),
      picture(scene, last, words.pictures.delta, delta),
    ],
    subject: names.of(last, j),
    worked: [
      block(
        symbols.delta(last, index),
        '=',
        symbols.a(last, index),
        '−',
        symbols.target(index),
        '=',
        num(number(a[j]!)),
        '−',
        num(number(y[j]!)),
        '=',
        num(number(delta[j]!)),
      ),
    ],
    most: most(scene, last, delta),
    check: checkOfSignal(scene, last, j),
  };
}

export function hiddenSignals(scene: Scene, layer: number): Substance {
  const { trace, layers, path, symbols, names, words, choose } = scene;
  const j = path[layer + 1]!;
  const { z, a, delta } = trace.layers[layer]!;
  const next = trace.layers[layer + 1]!;
  const back = backwardSum(trace, layer, j);
  const index = names.index(layer, j);
  const weights = weightsOutOf(next, j);
  return {
    text: words.texts.delta,
    pictures: [
      picture(scene, layer + 1, words.pictures.weightsOut(names.of(layer, j)), weights),
      picture(scene, layer + 1, words.pictures.deltaNext(layer + 2), next.delta),
      picture(scene, layer, words.pictures.delta, delta),
    ],
    subject: names.of(layer, j),
    worked: [
      block(
        symbols.delta(layer, index),
        '=',
        row(
          brackets(sum('k'), symbols.kernel(layer + 1, index, 'k'), symbols.delta(layer + 1, 'k')),
          symbols.slope(layer, index),
        ),
      ),
      sumTable(
        {
          sum: back,
          heads: [words.to, words.terms.signal],
          nameOf: (to) => names.of(layer + 1, to),
          selected: path[layer + 2],
          select: (to) => choose({ [layer + 2]: to }),
          tail: [
            [words.sum, number(back.total)],
            [words.slope, number(slope(layers[layer]!.activation, z[j]!, a[j]!))],
            [words.result, number(delta[j]!)],
          ],
        },
        words,
      ),
    ],
    most: most(scene, layer, delta),
    check: checkOfSignal(scene, layer, j),
  };
}

/** The largest entries of a matrix with a row for each unit of one layer and a column for each of the next. */
function mostOfMatrix({ names, words, choose }: Scene, layer: number, matrix: Float32Array, columns: number): Entry[] {
  return largest(matrix, MOST).map((at) => {
    const [k, j] = [Math.floor(at / columns), at % columns];
    return {
      name: words.weightFrom(names.of(layer - 1, k), names.of(layer, j)),
      value: matrix[at]!,
      choose: () => choose({ [layer]: k, [layer + 1]: j }),
    };
  });
}

export function gradients(scene: Scene, layer: number): Substance {
  const { trace, path, symbols, names, words } = scene;
  const [k, j] = [path[layer]!, path[layer + 1]!];
  const { delta, kernelGrad, biasGrad } = trace.layers[layer]!;
  const units = delta.length;
  const inputs = inputsOf(trace, layer);
  const [from, to] = [names.index(layer - 1, k), names.index(layer, j)];
  const weight = (): Piece => symbols.kernel(layer, from, to);
  const gradient = kernelGrad[k * units + j]!;
  return {
    text: words.texts.gradient,
    pictures: [
      layer === 0
        ? inputPicture(scene, words.pictures.inputs(words.pictures.input))
        : picture(scene, layer - 1, words.pictures.inputs(words.names.a(layer)), inputs),
      picture(scene, layer, words.pictures.delta, delta),
      picture(scene, layer - 1, words.pictures.gradient(names.of(layer, j)), column(kernelGrad, units, j)),
    ],
    subject: words.weightFrom(names.of(layer - 1, k), names.of(layer, j)),
    worked: [
      block(
        symbols.gradient(weight()),
        '=',
        symbols.a(layer - 1, from),
        '⋅',
        symbols.delta(layer, to),
        '=',
        num(number(inputs[k]!)),
        '⋅',
        num(factor(delta[j]!)),
        '=',
        num(number(gradient)),
      ),
      block(symbols.gradient(symbols.bias(layer, to)), '=', symbols.delta(layer, to), '=', num(number(biasGrad[j]!))),
    ],
    most: mostOfMatrix(scene, layer, kernelGrad, units),
    check: {
      of: fraction(row('∂', symbols.letters.loss), row('∂', weight())),
      analytic: gradient,
      place: { kind: 'kernel', layer, k, j },
      reading: { kind: 'loss' },
    },
  };
}

/** Of the first layer, whose weights are pictures. */
export function update(scene: Scene): Substance {
  const { trace, path, rate, symbols, names, words } = scene;
  const [k, j] = [path[0]!, path[1]!];
  const { kernelGrad, delta } = trace.layers[0]!;
  const weights = weightsInto(trace.layers[0]!, j);
  const gradient = column(kernelGrad, delta.length, j);
  const change = gradient.map((value) => -rate * value);
  const unit = names.of(0, j);
  const weight = (): Piece => symbols.kernel(0, names.index(-1, k), names.index(0, j));
  const { check, most: largestOnes } = gradients(scene, 0);
  return {
    text: words.texts.update,
    pictures: [
      picture(scene, -1, words.pictures.weights(unit), weights),
      picture(scene, -1, words.pictures.change, change),
      picture(
        scene,
        -1,
        words.pictures.after(unit),
        weights.map((value, i) => value + change[i]!),
      ),
    ],
    subject: words.weightFrom(names.of(-1, k), unit),
    worked: [
      block(
        weight(),
        symbols.letters.assign,
        num(number(weights[k]!)),
        '−',
        num(number(rate)),
        '⋅',
        num(factor(gradient[k]!)),
        '=',
        num(number(weights[k]! + change[k]!)),
      ),
    ],
    most: largestOnes,
    check,
  };
}
