/** The playground in English. */
import { settingText, weightText, wholeText } from './figures.js';
import type { Place } from './inputs.js';
import type { Limits } from './settings.js';

const CLASSES = ['B, blue squares', 'A, orange discs'];
const place = ({ x, y }: Place): string => `x₁ ${settingText(x)}, x₂ ${settingText(y)}`;

export const en = {
  title: 'Playground',
  lede: 'Two numbers in, one out: small enough to see every unit, every weight and what becomes of them.',
  link: 'The address of this page holds all of it: copy it, and whoever opens it gets this run, on a like processor to the bit.',
  tooLongForLink:
    'This run is longer than a link can hold, 200,000 steps and 100 changes by hand: the address opens it at its beginning.',
  run: {
    play: 'Play',
    pause: 'Pause',
    step: 'Step',
    epoch: 'Epoch',
    reset: 'Reset',
    speed: 'Speed',
    speeds: { step: 'one step a frame', epoch: 'one epoch a frame', full: 'as fast as it can' },
    ready: 'Ready: press Play, or take a step.',
    changedFirst: 'Ready, with weights that were changed by hand.',
    playing: 'It learns.',
    onTheWay: (step: string) => `On the way to step ${step}.`,
    paused: (epoch: string) => `Paused after epoch ${epoch}.`,
    pausedWithin: (epoch: string, step: number, steps: number) =>
      `Paused after epoch ${epoch} and ${step} of ${steps} steps.`,
    diverged: (epoch: string) =>
      `It has diverged: by epoch ${epoch} the loss is infinite or no number any more. Take a smaller learning rate, or other inputs than the squares, and press Reset.`,
    converged: (epoch: string) =>
      `Done after epoch ${epoch}: from here this optimizer finds nothing better. Reset with another seed may.`,
    noInputs: 'It sees nothing: switch on an input.',
    noPoints: 'There is nothing to learn yet: place points of both classes.',
    noTraining: 'All points are held out: hold out less, or place more.',
  },
  figures: { epoch: 'Epoch', training: 'Training loss', validation: 'Validation loss', bound: 'Rate bound 2/λ' },
  losses: {
    title: 'Loss',
    training: 'training',
    validation: 'validation',
    earlier: 'earlier',
    table: 'The same as a table',
    chart: (epoch: string, training: string, validation: string) =>
      `Loss over ${epoch} epochs, now ${training} in training, ${validation} in validation. The table below has the figures.`,
  },
  rates: {
    title: 'Learning rate',
    rate: 'rate',
    bound: 'bound 2/λ',
    note: 'Above 2/λ, with λ the largest curvature of the loss, a step of plain gradient descent on all points goes up.',
    chart: (rate: string, bound: string) => `Learning rate ${rate}, its bound 2/λ now ${bound}.`,
  },
  data: {
    title: 'Data',
    which: 'Which points to learn',
    kinds: {
      circle: 'Circle',
      xor: 'XOR',
      gaussian: 'Gaussian',
      spiral: 'Spiral',
      plane: 'Slope',
      hills: 'Hills',
      own: 'Your own',
    },
    noise: 'Noise',
    points: 'Points',
    validation: 'Held out',
    percent: (value: number) => `${value} %`,
    share: (training: number, held: number) => `${training} to learn from, ${held} held out`,
    renew: 'Another seed',
  },
  own: {
    next: 'Next point',
    names: ['B', 'A'],
    empty: 'Tap or click here to place points.',
    keys: 'By keyboard: go to the plane. Arrows move, with Shift finely; Space places, A and B choose, Delete undoes.',
    undo: 'Undo',
    clear: 'Clear',
    full: 'These are as many points as an address can hold.',
    at: place,
    chosen: (value: number) => `Class ${CLASSES[value]}`,
    placed: (value: number, at: Place) => `${value === 1 ? 'A' : 'B'} placed at ${place(at)}`,
    undone: 'Undone',
  },
  settings: {
    title: 'Training',
    activation: 'Activation',
    initializer: 'First weights',
    optimizer: 'Optimizer',
    learningRate: 'Learning rate',
    momentum: 'Momentum',
    l1: 'L1 penalty',
    l2: 'L2 penalty',
    batchSize: 'Batch size',
    seed: 'Seed',
  },
  wrong: {
    number: ({ low, high, isWhole }: Limits) =>
      `A ${isWhole ? 'whole ' : ''}number from ${settingText(low)} to ${wholeText(high)}.`,
    weight: 'A number from −1000 to 1000.',
  },
  diagram: {
    title: 'Network',
    inputs: 'Inputs',
    output: 'Output',
    layer: (layer: number) => `Layer ${layer}`,
    unit: (layer: number, unit: number) => `Layer ${layer}, unit ${unit}`,
    /** A unit in few characters. */
    short: (layer: number, unit: number) => `${layer}.${unit}`,
    more: (layer: number) => `Layer ${layer}: one unit more`,
    fewer: (layer: number) => `Layer ${layer}: one unit fewer`,
    layers: {
      more: 'One hidden layer more',
      fewer: 'One hidden layer fewer',
      count: (count: number) => (count === 1 ? '1 hidden layer' : `${count} hidden layers`),
    },
    gradient: 'Gradient',
    gradientNorm: (norm: string) => `Norm of the gradient of its weights, ‖∂L/∂W‖: ${norm}`,
    hint: 'Solid orange: a weight above 0; dashed blue: below. Press a line to change it.',
    weight: (place: string, value: number) => `${place}: ${weightText(value)}. Press to change it.`,
  },
  unit: {
    input: (text: string) => `Input ${text}`,
    inputOn: 'The network sees it. Press to switch it off.',
    inputOff: 'The network does not see it. Press to switch it on.',
    edit: 'These are its weights, live. Write others.',
    formula: 'Formula of the unit',
    weight: 'Weight',
    weightOf: (source: string) => `Weight of ${source}`,
    bias: 'Bias',
  },
  plane: {
    label: (what: string, training: number, held: number) =>
      `${what} over the plane, x₁ to the right and x₂ upwards, from −6 to 6. ${training} points to learn from, ${held} held out.`,
    own: 'Here you place points.',
    legend: {
      one: 'A (1)',
      zero: 'B (0)',
      held: 'outlined: held out',
      line: 'line: halfway between the classes',
      middle: (value: string) => `line: ${value}`,
      values: 'from −1, blue, to 1, orange',
    },
  },
};
