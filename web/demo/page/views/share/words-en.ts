/** English: the table that the other follows. */
import type { Misfit, ModelFormat, Remark } from '../../../shared/model-work.js';
import { whole } from '../../words/numbers.js';

/** Name of a format, and what it is for. */
type Named = readonly [name: string, purpose: string];

const formats: Readonly<Record<ModelFormat, Named>> = {
  'mlp-wasm': ['mlp-wasm', 'safetensors: for loadModel of the npm package, and for this page'],
  html: ['A page', 'one HTML file that draws and reads digits, without a network'],
  'html-int8': ['A page, small', 'the same with kernels of 8 bits'],
  pytorch: ['PyTorch', 'weights as safetensors, and a program that loads them'],
  keras: ['Keras', 'weights, and a program that makes model.keras of them'],
  tfjs: ['TensorFlow.js', 'model.json and weights.bin, for tf.loadLayersModel'],
  onnx: ['ONNX', 'for onnxruntime and all else that reads ONNX'],
  sklearn: ['scikit-learn', 'an MLPClassifier, by weights and a program'],
  numpy: ['NumPy', 'arrays for numpy.load'],
  javascript: ['JavaScript', 'one module without a library: predict(x)'],
  'javascript-int8': ['JavaScript, small', 'the same with kernels of 8 bits'],
  c: ['C', 'one header, C99 and C++, that allocates nothing'],
  'c-int8': ['C, small', 'the same with kernels of 8 bits, for microcontrollers'],
};

export const en = {
  title: 'Keep and share',
  lede: 'What you made, for other people and other tools. Nothing leaves this browser unless you save it or send it.',
  copied: 'Copied.',
  notCopied: 'The browser does not let this page copy: the text is selected, so copy it yourself.',
  /** A sentence of the library. */
  library: (text: string): string => text,
  save: 'Save',
  model: {
    title: 'The network, for other tools',
    pretrained: (layers: string): string =>
      `The pretrained network, ${layers}. Its last output is for drawings that are no digits.`,
    trained: (layers: string): string => `Your network, ${layers}, as it is at the moment.`,
    none: 'There is no network yet.',
    formats,
    saveAs: (name: string): string => `Save for ${name}`,
    about: (size: string): string => `about ${size}`,
    making: (name: string): string => `Making the file for ${name} …`,
    saved: (file: string, size: string): string => `${file} is made, ${size}.`,
    failed: (name: string, message: string): string => `${name}: that cannot be. ${message}`,
  },
  open: {
    title: 'Open a network',
    lede: 'Files of these tools, and of others that write the same formats. A network with 784 inputs, where ink is 1, and 10 outputs then answers on this page. Files that belong together are chosen together.',
    choose: 'Choose files',
    activation: 'Hidden layers, where a file holds weights alone',
    reading: (name: string): string => `Reading ${name} …`,
    opened: (name: string, layers: string): string =>
      `${name} answers now: ${layers}. Train goes on with it; Reset takes it away.`,
    running: 'Your network is being trained: stop that first.',
    failed: (name: string, message: string): string => `${name} could not be opened. ${message}`,
    remark: (remark: Remark): string => {
      switch (remark.remark) {
        case 'softmax':
          return `Its outputs were ${remark.activation}; softmax makes probabilities of them.`;
        case 'no-digit':
          return 'Its output for what is no digit was left out, because the pretrained network decides that here.';
        case 'left-out':
          return `${remark.layer} was left out, which works in training alone.`;
        case 'library':
          return remark.text;
      }
    },
    misfit: (name: string, misfit: Misfit): string => {
      switch (misfit.misfit) {
        case 'inputs':
          return `${name} does not fit: it has ${misfit.found} inputs, and a drawing has 784 pixels.`;
        case 'outputs':
          return `${name} does not fit: it has ${misfit.found} outputs, and there are 10 digits.`;
        case 'layer':
          return `${name} does not fit: its layer ${misfit.layer} is of the kind ${misfit.kind}, and this page shows dense layers.`;
        case 'activation':
          return `${name} does not fit: its layer ${misfit.layer} has the activation ${misfit.activation}, which this page cannot show.`;
        case 'last':
          return `${name} does not fit: its last activation is ${misfit.activation}, of which no ten probabilities can be made.`;
        case 'program':
          return `${name} holds weights for the program model.py beside them. Run that, and open what it makes.`;
      }
    },
  },
  link: {
    title: 'The link',
    lede: 'It holds all settings: whoever opens it trains the same network, to the last bit.',
    touched:
      'It holds the settings that your run ended with. Because some were changed on the way, or the network learned your hand, whoever opens it trains another network.',
    copy: 'Copy the link',
    share: 'Share …',
    frame: 'A frame for another page',
    frameLede: 'For a lesson or an article: the page without its head and foot.',
    view: 'It shows',
    copyFrame: 'Copy the frame',
  },
  code: {
    title: 'The code of this run',
    lede: 'The same training as a program with the npm package: the same digits, the same weights, to the last bit.',
    places: { node: 'Node', browser: 'Browser' },
    where: 'The program runs in',
    copy: 'Copy the code',
    ofRun: 'With the settings of your run.',
    ofFields: 'With the settings of this page.',
    faulty: 'The settings of this page have a fault: mend it under “Draw & train”.',
    opened: (name: string): string =>
      `Your run began with the network of ${name}, and the program begins with a new one.`,
    touched:
      'Settings were changed on the way, or the network learned your hand: the program has only the settings of the end.',
  },
  pytorch: {
    asTheyAre: 'Its digits go along as they are: the program there does not augment them.',
    title: 'Continue in PyTorch',
    lede: 'Your network, the state of its optimizer and its digits in one folder, with a program that goes on from here, on a GPU if there is one: torchrun --nproc_per_node=1 train.py',
    make: 'Make the folder',
    cancel: 'Cancel',
    progress: 'Progress of the folder',
    none: 'It needs a network of yours: train one first.',
    running: 'Your network is being trained: stop that first.',
    tooMany: (count: number, most: number): string =>
      `The folder is made for at most ${whole(most)} digits, and your run has ${whole(count)}.`,
    about: (count: number, size: string): string => `${whole(count)} digits: a file of about ${size}.`,
    noFiles: 'The files of MNIST are not at hand any more: give them again under “Draw & train”.',
    digits: 'Making the digits …',
    making: 'Packing the folder …',
    saved: (file: string, size: string): string => `${file} is made, ${size}.`,
    cancelled: 'Cancelled.',
    failed: (message: string): string => `The folder could not be made. ${message}`,
  },
  pictures: {
    title: 'Pictures and figures',
    lede: 'Of your run, in the colours of this page. The log has all figures of the charts.',
    log: 'Save the log (CSV)',
    charts: { loss: 'Loss over epochs', accuracy: 'Accuracy over epochs' },
    training: 'training',
    validation: 'validation',
    earlier: 'earlier',
    kernels: 'Kernels of the first layer',
    confusion: 'Digits read rightly and wrongly',
    digit: 'the digit',
    readAs: 'how it was read',
    saveAs: (title: string, kind: string): string => `${title}: save as ${kind}`,
    saved: (file: string): string => `${file} is made.`,
    failed: (message: string): string => `The picture could not be made. ${message}`,
    large: 'It is too large for this browser.',
  },
  runs: {
    title: 'Your runs',
    lede: 'What you trained in this browser. Pinned runs stay behind the lines of the present one; without any, the latest does.',
    none: 'None yet. A run is written down when it ends.',
    name: 'Name',
    nameOf: (moment: string): string => `Name of the run of ${moment}`,
    settings: 'Settings',
    accuracy: 'Accuracy',
    loss: 'Loss',
    time: 'Time',
    pin: 'Pin',
    restore: 'Use settings',
    remove: 'Delete',
    undo: 'Undo delete',
    restored: (settings: string): string => `Train begins with ${settings}.`,
    locked: 'Your network is being trained: stop that first.',
    removed: (name: string): string => `${name} is deleted.`,
    ended: { stopped: 'Stopped early.', failed: 'Failed.' },
    openedFrom: (file: string): string => `Began with ${file}.`,
    touched: 'Changed on the way.',
  },
};
