/** The content of each step: its words, equations, pictures, arithmetic, largest entries, and the entry that is checked. */
import { brackets, sub } from '../parts/mathml.js';
import type { Piece } from '../parts/mathml.js';
import { slopeFormula, softmaxFormula, valueFormula } from './activations.js';
import { gradients, hiddenSignals, lastSignals, update } from './backward.js';
import { activations, input, loss, weightedSums } from './forward.js';
import { equationsOf } from './notations.js';
import type { Content, Scene } from './scene.js';
import type { Step } from './steps.js';

export function contentOf(step: Step, scene: Scene): Content {
  const equations = equationsOf(step, scene.layers.length - 1, scene.symbols);
  switch (step.kind) {
    case 'input':
      return { equations, ...input(scene) };
    case 'z':
      return { equations, ...weightedSums(scene, step.layer) };
    case 'a':
      return withFormula({ equations, ...activations(scene, step.layer) }, scene, step.layer, valueFormula, 'σ');
    case 'loss':
      return { equations, ...loss(scene) };
    case 'delta':
      return step.layer === scene.layers.length - 1
        ? { equations, ...lastSignals(scene) }
        : withFormula({ equations, ...hiddenSignals(scene, step.layer) }, scene, step.layer, slopeFormula, 'σ′');
    case 'gradient':
      return { equations, ...gradients(scene, step.layer) };
    case 'update':
      return { equations, ...update(scene) };
  }
}

/** The content with the activation's own formula, of a hidden layer. */
function withFormula(
  content: Content,
  { layers }: Scene,
  layer: number,
  formulaOf: typeof valueFormula,
  letter: string,
): Content {
  const z = (): Piece => 'z';
  const more =
    layer === layers.length - 1
      ? [sub('softmax', 'j'), brackets(z()), '=', softmaxFormula((index) => sub('z', index), 'j')]
      : [letter, brackets(z()), '=', formulaOf(layers[layer]!.activation, z)];
  return { ...content, equations: [...content.equations, more] };
}
