/** Words of the first view in English, which the page is written in: those that stand in `index.html` are not here. */
import { numbered } from './numbers.js';

/** "an 8". */
const aDigit = (digit: number): string => `${digit === 8 ? 'an' : 'a'} ${digit}`;

export const en = {
  /** Those of `index.html` by their `data-words`. */
  html: undefined as Readonly<Record<string, string>> | undefined,
  title: 'Draw a digit — mlp-wasm',
  loading: 'Loading the network …',
  draw: 'Draw a digit, 0 to 9',
  ready: 'A pretrained network is ready: draw a digit, or train your own.',
  cannotStart: 'This page cannot start',
  damaged: 'its file is damaged',
  noPretrained: 'The pretrained network is missing; train one to get answers',

  reading: {
    guess: 'A guess: this network has learned nothing yet.',
    unknown: 'Not a digit I know.',
    hesitates: (second: number) => `Hesitates: it might be ${aDigit(second)}.`,
    probably: (second: number) => `Probably; else ${aDigit(second)}.`,
    beginner: 'It thinks so, but has much to learn.',
    sure: 'Quite sure.',
    by: { pretrained: 'Read by the pretrained network.', trained: 'Read by your network.' },
    refusedBeside: 'Says the pretrained network. Yours has seen only digits, and finds one in everything.',
    byHand: 'Read by the pretrained network, which has learned your hand.',
    first: 'The page drew this one. Now you.',
    none: 'none',
    layers: (count: string) => `${count} layers`,
    size: (units: string) => `${units} unit${units === '1' ? '' : 's'}`,
    units: (units: string) => `${units} units`,
  },

  buttons: { train: 'Train', goOn: 'Continue', pause: 'Pause', resume: 'Resume' },
  mend: (fields: readonly string[]) => `To train, mend the ${fields.join(' and the ')}.`,
  needsMnist: 'To train on MNIST, give its four files first.',
  epochOf: (epoch: string, epochs: string) => `${epoch} of ${epochs}`,
  openedFrom: (name: string) => `from ${name}`,
  threads: (count: string) => `${count} threads`,

  fields: {
    data: 'data',
    count: 'number of digits',
    hidden: 'hidden layers',
    activation: 'activation',
    layers: 'layers',
    optimizer: 'optimizer',
    learningRate: 'learning rate',
    batchSize: 'batch size',
    epochs: 'epochs',
    seed: 'seed',
    augmentation: 'augmentation',
  },
  errors: {
    layers: (most: string) => `At most ${most} hidden layers.`,
    units: (most: string) => `Units per layer, 1 to ${most}, with commas or spaces between; for example 128, 64.`,
    integer: (from: string, to: string) => `A whole number from ${from} to ${to}.`,
    positive: (most: string) => `A number above 0, at most ${most}; for example 0.01.`,
    choice: (names: string) => `One of ${names}.`,
  },
  /** Parts of the line that describes a run. */
  describe: {
    rate: (optimizer: string, rate: string) => `${optimizer} at ${rate}`,
    batches: (size: string) => `batches of ${size}`,
    epochs: (count: number) => numbered(count, 'epoch', 'epochs'),
    digits: (count: string) => `${count} digits`,
    seed: (seed: string) => `seed ${seed}`,
    augmentation: { slight: 'slight augmentation', strong: 'strong augmentation' },
  },
  presets: {
    classic: ['Classic', '784 → 128 sigmoid → 10 softmax, plain gradient descent'],
    modern: ['Modern', '784 → 128 ReLU → 10 softmax, Adam'],
    deeper: ['Deeper', '784 → 256 → 128 ReLU → 10 softmax, Adam'],
    own: ['Your own', 'change any detail below'],
  },

  mnist: {
    parts: {
      trainImages: 'Training images',
      trainLabels: 'Training labels',
      testImages: 'Test images',
      testLabels: 'Test labels',
    },
    missing: 'missing',
    reading: 'Reading …',
    ready: 'MNIST is ready.',
    here: 'All four are here, and stay in this browser.',
    served: 'This server has copies of MNIST: Train uses them. Or drop your own files anywhere on this page.',
    drop: 'or drop them anywhere on this page, under any name, packed or not.',
    still: (parts: readonly string[]) => `Still missing of MNIST: ${parts.join(', ').toLowerCase()}.`,
    apart: (images: string, labels: string, counts: readonly [string, string]) =>
      `${images} and ${labels} do not belong together: ${counts[0]} and ${counts[1]} digits.`,
  },

  charts: {
    titles: { 'loss-chart': 'Loss', 'accuracy-chart': 'Accuracy' },
    nothing: (title: string) => `${title} over the epochs: nothing yet.`,
    unknown: 'unknown',
    earlier: 'earlier',
    now: (title: string, epochs: string, training: string, validation: string) =>
      `${title} over ${epochs} epochs, now ${training} in training, ${validation} in validation. The table below has the figures.`,
  },
  kernels: {
    whose: {
      pretrained: 'belong to the pretrained network. Press Train to watch others take shape from noise.',
      trained: 'belong to your network, as it is now.',
    },
    some: (units: string, of: string) => `These are the first ${units} of ${of}, and`,
    all: 'These',
  },
  mistakes: {
    summary: (wrong: string, total: string) => `${wrong} of ${total} held-out digits.`,
    commonest: (digit: number, read: number) => `Most often ${aDigit(digit)} is read as ${aDigit(read)}.`,
    tile: (digit: number, read: number, sure: string) => `${aDigit(digit)} read as ${aDigit(read)}, ${sure} % sure`,
    readAs: ' read as ',
  },

  run: {
    starting: 'Starting …',
    heldOut: {
      mnist: 'validated on the 10,000 digits of MNIST’s test files',
      digits: 'validated on generated digits it has not seen',
    },
    position: (epoch: string, epochs: string) => `epoch ${epoch} of ${epochs}`,
    epoch: (epoch: string, epochs: string, heldOut: string) => `Epoch ${epoch} of ${epochs}, ${heldOut}.`,
    trained: (epochs: number, heldOut: string) => `Trained for ${numbered(epochs, 'epoch', 'epochs')}, ${heldOut}`,
    right: (right: string) => `${right} of 100 right`,
    nothingLearned: (right: string) =>
      `it has learned nothing. ${right}, and guessing gets 10. Try another learning rate or activation.`,
    time: (time: string) => `, in ${time}`,
    rival: (right: string) => `; the pretrained one: ${right}`,
    paused: 'Paused.',
    stopped: 'Stopped.',
    stoppedIn: (position: string) => `Stopped in ${position}. Continue goes on from here.`,
    opened: (name: string) => `The network of ${name} answers now.`,
    cutOff: 'Your run was cut off before its first checkpoint. Its settings are back; Train begins it anew.',
    back: 'Your network is back.',
    backIn: (position: string) => `Your network is back, in ${position}. Continue goes on from here.`,
    reset: 'Back to the pretrained network.',
    revived: 'The training worker stopped; your network was brought back in a new one.',
    replacedIn: (epoch: string) => `The training worker stopped; a new one went on from epoch ${epoch}.`,
    replaced: 'The training worker stopped; a new one began again.',
    memory: 'There is not enough memory for this. Try fewer digits or smaller layers.',
    failed: (reason: string) => `Training failed. ${reason}`,
    worker: (end: string) => `The training worker ${end}`,
    diverged: 'The loss is no longer a number: the steps are too large. Try a smaller learning rate.',
  },
};
