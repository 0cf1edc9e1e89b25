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
    'two-layers': {
      title: 'The network of document 003',
      about:
        '784 pixels, a layer of sigmoids, ten probabilities: train it, and see its derivation on a digit of yours.',
      source: 'document 003: derivation of a two-layer MLP',
      steps: [
        {
          text: 'Each digit is a row of X, 784 numbers: Z¹ = XW¹ + b¹ goes through the sigmoid, Z² = A¹W² + b² through softmax. The loss is the cross-entropy, and W ← W − η ∂L/∂W is all of the training.',
          act: 'Set the controls, and press Train: 4,000 generated digits, five times over, with η = 0.5.',
          watch:
            'The validation accuracy, on digits that it has not seen. It begins near 0.1, which is guessing, and comes to about 0.8. Draw one: from now on your network answers.',
        },
        {
          text: 'The derivative of cross-entropy behind softmax is the shortest of the document: ∂L/∂Z² = (A² − Y)/m. Here m is 1: your digit, or the page’s own while you have drawn none.',
          act: 'Set the controls: the step is shown as document 003 writes it.',
          watch:
            'The ten numbers: each output’s probability, and of the right digit’s 1 less. They add up to 0. The sum that is worked out below is that of the output with the frame; press another one.',
        },
        {
          text: 'What a weight did wrong is what came in through it times the error signal of its unit: ∂L/∂W² = (A¹)ᵀ ∂L/∂Z². The matrix does it for all weights, and for a batch it adds the samples up.',
          act: 'Set the controls: the gradients of the second layer.',
          watch:
            'The check: the page changes one weight a little, both ways, and computes the loss anew. The quotient agrees with the gradient to several digits, in as many entries as you like to press.',
        },
        {
          text: 'The step goes against the gradient, as far as the rate η says: W² ← W² − η ∂L/∂W², and so on for the others. Document 003 ends here, and training is this over and over.',
          act: 'Set the controls, choose another digit in “It ought to say”, and press “Let it take this step”.',
          watch:
            'The probabilities before and after: that of the digit you chose has grown. It happens to a copy, so that your network stays as it is.',
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
    rate: {
      title: 'How long a step may be',
      about:
        'Just below 2/λ gradient descent converges, just above it diverges, and a network moves the bound as it learns.',
      source: 'document 001, §11: learning rate and convergence',
      steps: [
        {
          text: 'On the parabola ½aθ², gradient descent multiplies θ by 1 − ηa at every step: it converges if the rate η is below 2/a. One linear neuron with a squared error is a parabola in each direction; the steepest, of curvature λ, breaks first.',
          act: 'Set the controls: a rate of 0.114, on all points at once, for 150 steps.',
          watch:
            'The two lines of “Learning rate”, the rate and its bound 2/λ, here 0.117. The rate is 2 % below. Each step overshoots, and yet each comes a little nearer: the loss falls to the noise of the points.',
        },
        {
          text: 'Above the bound 1 − ηa is below −1: each step leads beyond the valley to a place that is farther up than the one before.',
          act: 'Set the controls: a rate of 0.12, which is 3 % above. Nothing else is changed.',
          watch:
            'The loss: after a few steps it grows by the same factor at each, until it is said to have diverged; the line of the run before is dashed. The bound has not moved: a parabola is equally curved everywhere.',
        },
        {
          text: 'A network’s loss is curved differently from place to place, so that the bound moves as it learns. And a step beyond it need not be the end, because the swing leads to places that are less steep.',
          act: 'Set the controls: six tanh units, a rate of 2, for 130 steps.',
          watch:
            'The bound. It begins at 3.78 and has sunk below the rate by epoch 40. A small swing grows unseen, and from epoch 80 on the loss goes up and down with every step, as it falls. Write 1 for the rate and take an epoch: the teeth are gone.',
        },
      ],
    },
    optimizers: {
      title: 'Four ways down the same slope',
      about:
        'Gradient descent, momentum, RMSProp and Adam from the same place, and what each does about a narrow valley.',
      source: 'document 001, §10: optimization algorithms',
      steps: [
        {
          text: 'With x₁² among its inputs the loss of a linear neuron is a narrow valley: steep across, flat along. The steep direction bounds the rate, here by 0.0077, and with such a rate the flat one takes long.',
          act: 'Set the controls: plain gradient descent at 0.001, 150 steps.',
          watch: 'The training loss, about 0.23 now. Its line stays, dashed, behind those of the next three.',
        },
        {
          text: 'Momentum keeps a velocity, v ← μv − ηg, and moves by it. Gradients that agree add up, those that alternate cancel: with μ = 0.9 the steps along the valley become up to ten times as long.',
          act: 'Set the controls: the same rate, with momentum 0.9.',
          watch:
            'The loss: far below that of the dashed line, at the same rate and after as many steps. In between it rises now and then, because the velocity carries it beyond the bottom.',
        },
        {
          text: 'RMSProp divides each weight’s gradient by the recent size of its gradients, √s: steep or flat, each weight moves by about the rate.',
          act: 'Set the controls: RMSProp at 0.02.',
          watch:
            'The loss: it falls quickly to about 0.02 and no further. Near the bottom its steps stay as long as the rate, and jump over it; a smaller rate, written now, lets it settle.',
        },
        {
          text: 'Adam is both at once: the mean of the gradients over the root of the mean of their squares, each divided by 1 − βᵗ, because both means begin at 0.',
          act: 'Set the controls: Adam at 0.05.',
          watch:
            'The loss, at 0.003 what the noise of the points leaves. That is no victory for good: gradient descent at 0.007, just below its bound, is as good here. Try it: it is the rate that has to fit.',
        },
      ],
    },
    overfitting: {
      title: 'Learned by heart',
      about:
        'On 200 digits a network gets all of them right and new ones not; what dropout does about it, and what more digits do.',
      source: 'the documentation: penalties and averages',
      steps: [
        {
          text: 'A network with 100,000 weights can remember 200 digits without finding out what they have in common. That is overfitting: right in training, wrong on what is new.',
          act: 'Set the controls, and press Train: 200 digits, 25 times over, in batches of 5.',
          watch:
            'The two lines of “Accuracy”: in training 1, on new digits about 0.6. And the validation loss: lowest near epoch 10, from there it climbs, because the network grows ever more certain of its mistakes.',
        },
        {
          text: 'Dropout switches off units at random, here 8 of 10 at every step. No unit can count on another, so that what each has learned must be of use by itself.',
          act: 'Set the controls, and press Train: the same network with dropout 0.8 in its card.',
          watch:
            'The lines, which are nearer to each other, and the validation loss, which no longer climbs as the dashed one of the run before did. The accuracy on new digits is hardly better: dropout takes away certainty more than mistakes.',
        },
        {
          text: 'The cure that always helps is more of the truth: with more digits there is less to remember and more to find out.',
          act: 'Set the controls, and press Train: no dropout, 4,000 digits, five times over.',
          watch: 'The validation accuracy, about 0.8 after five epochs, as many steps as 200 digits had in 25.',
        },
      ],
    },
    record: {
      title: 'The recipe of the record',
      about: 'From 2 wrong in 100 digits of MNIST to 0.63: what this page can set, and what else it takes.',
      source: 'the documentation: images and digits',
      steps: [
        {
          text: 'The beginning is simple: a layer of 800 ReLU units, Adam at 0.001, batches of 128. With seed 42, 97.9 of 100 test digits were right after ten epochs, measured in Node with the bits that this page computes.',
          act: 'Set the controls, give the page the four files of MNIST (“Digits to learn from”), and press Train. It takes some minutes.',
          watch:
            'The two lines of accuracy. In training it goes to 1, on the test digits it stays at 0.98: this network learns its 60,000 digits by heart.',
        },
        {
          text: 'The recipe, after Simard et al. (2003), never shows the network the same digit twice: each is shifted, turned, sheared and elastically distorted anew every time. Add He’s first weights, Nesterov’s momentum of 0.9, and a rate that climbs to 0.2 and falls like a cosine. This page cannot set that; the package can.',
          act: 'In a copy of the project: npm run recipe:mnist -- --epochs 100. It looks for the four files in MNIST_DIR.',
          watch:
            'The last line: 0.63 % error on the test digits, with seed 2003; after 50 epochs, without the option, it is 0.69 %. The recipe was chosen on 10,000 of the training images; the test digits were asked once for each, at the end.',
        },
      ],
    },
  },
};
