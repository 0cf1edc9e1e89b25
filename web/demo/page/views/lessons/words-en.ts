/** The lessons in English. */
import type { LessonsWords } from './words.js';

export const en: LessonsWords = {
  title: 'Lessons',
  lede: 'Each is a few sentences and one thing to do: it sets the controls for you and says what to look at.',
  start: 'Begin',
  again: 'Once more',
  finished: 'finished',
  steps: (count) => `${count} steps`,
  at: (step, of) => `Step ${step} of ${of}`,
  act: 'Do',
  watch: 'Watch',
  set: 'Set the controls',
  isSet: 'The controls are set.',
  isBusy: 'A training is under way in “Draw & train”: let it end, or stop it, and then set the controls.',
  back: 'Back',
  next: 'Next',
  finish: 'Finish',
  fold: 'Fold',
  unfold: 'Unfold',
  close: 'Close',
  source: 'From',
  copy: 'Copy link to this lesson',
  copied: 'Copied.',
  notCopied: (link) => `The browser did not let the page copy it: ${link}`,
  restore: 'Bring my settings back',
  setAside: 'The settings that you had before are set aside.',
  restored: 'Your settings are back.',
  unknown: 'There is no lesson of this name.',
  lessons: {
    neuron: {
      title: 'One neuron, and a layer of them',
      about: 'What a single neuron can tell apart, what it cannot, and why a layer can.',
      source: 'document 001, §2: from a single neuron to a layer',
      steps: [
        {
          text: 'A neuron multiplies each input by a weight, adds its bias, and puts the sum z = w₁x₁ + w₂x₂ + b through an activation, here the sigmoid: a = σ(z).',
          act: 'Set the controls: one neuron learns to tell two clouds of points apart, in 20 epochs.',
          watch:
            'The line in the plane. On it z is 0, and the neuron says ½. One neuron draws one straight line; below the network stands its formula with the numbers that it has found.',
        },
        {
          text: 'Now each class has two opposite corners. No straight line has both corners of one class on the same side.',
          act: 'Set the controls: the same neuron tries, for 40 epochs.',
          watch:
            'The training loss. It stays near 0.69, which is ln 2: what one gets for saying ½ to every point. More epochs do not help; press Play and see.',
        },
        {
          text: 'A layer is several neurons that see the same inputs. Their weights, one neuron a row, are a matrix: z = Wx + b says all of their sums at once, and the next layer takes what they say as its inputs.',
          act: 'Set the controls: four neurons, and one that listens to them.',
          watch:
            'The training loss, which is below 0.2 now. Go over the four units of layer 1: each has drawn a line of its own, and the output has put these together to four corners.',
        },
      ],
    },
    vanishing: {
      title: 'Gradients that vanish',
      about: 'Why a deep network of sigmoids does not learn, and what ReLU and He’s first weights do about it.',
      source: 'document 001, §9: exploding and vanishing gradients',
      steps: [
        {
          text: 'On its way back through a layer, the error signal is multiplied by the weights and by the slope of the activation: ‖δ⁽¹⁾‖ ≈ Π ‖W‖ c · ‖δ⁽ᴸ⁾‖. The slope of the sigmoid is ¼ at most, so that six layers leave little of it.',
          act: 'Set the controls: six layers of eight sigmoids, not yet trained.',
          watch:
            'The row “Gradient” above the units, from the output back to layer 1. Each part of a bar’s length is a power of ten: what arrives at layer 1 is less than a hundredth of what left the output.',
        },
        {
          text: 'A step moves a weight by the learning rate times its gradient. Where the gradient is next to nothing, so is the step.',
          act: 'Set the controls: the same network, after 100 epochs.',
          watch:
            'The training loss, still near 0.69, and the plane, of one colour. Only the bias of the output has learned anything.',
        },
        {
          text: 'ReLU has the slope 1 where it is above 0, and He’s first weights have the variance 2/n, which makes up for the half that ReLU switches off: each factor of the product is about 1.',
          act: 'Set the controls: the same depth with ReLU and heNormal, after as many epochs.',
          watch:
            'The gradients, which are of a like size in all layers, and the loss, which has fallen: the disc is found. Press Reset to see that the gradients were alike from the beginning.',
        },
      ],
    },
  },
};
