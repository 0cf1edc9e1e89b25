/** Words of the network's editor, which are loaded with it. */
import { language } from './language.js';
import type { Language } from './language.js';

interface EditorWords {
  title: string;
  list: string;
  input: string;
  pixels: string;
  output: string;
  digits: string;
  layer: (number: number) => string;
  units: string;
  unitsError: (most: number) => string;
  activation: string;
  likeOthers: (activation: string) => string;
  normalization: string;
  normalizations: Readonly<Record<'' | 'batch' | 'layer', string>>;
  /** On a card. */
  normalizes: Readonly<Record<'batch' | 'layer', string>>;
  dropout: string;
  l1: string;
  l2: string;
  initializer: string;
  add: string;
  remove: string;
  earlier: string;
  later: string;
  bringBack: (number: number) => string;
  hint: string;
  faulty: string;
  cost: (cost: { parameters: string; memory: string; time: string }) => string;
  measured: string;
  estimated: string;
  noCost: string;
  added: (number: number, of: number) => string;
  removed: (number: number) => string;
  moved: (from: number, to: number, of: number) => string;
  broughtBack: (number: number) => string;
  full: (most: number) => string;
}

const EDITOR: Readonly<Record<Language, EditorWords>> = {
  en: {
    title: 'Layers',
    list: 'The network’s layers, first to last',
    input: 'Input',
    pixels: '784 pixels',
    output: 'Output',
    digits: '10 softmax',
    layer: (number) => `Layer ${number}`,
    units: 'Units',
    unitsError: (most) => `A whole number from 1 to ${most}.`,
    activation: 'Activation',
    likeOthers: (activation) => `${activation}, as below`,
    normalization: 'Normalisation',
    normalizations: { '': 'none', batch: 'batch', layer: 'layer' },
    normalizes: { batch: 'batch norm', layer: 'layer norm' },
    dropout: 'Dropout rate',
    l1: 'L1 penalty',
    l2: 'L2 penalty',
    initializer: 'Kernel initializer',
    add: 'Add a layer',
    remove: 'Remove',
    earlier: 'Move earlier',
    later: 'Move later',
    bringBack: (number) => `Bring layer ${number} back`,
    hint: 'Choose a layer to change it; drag it (a finger holds it first), or press Shift and an arrow key on it, to move it.',
    faulty: 'something to mend',
    cost: ({ parameters, memory, time }) => `${parameters} parameters · ${memory} to train · about ${time} an epoch`,
    measured: 'by the last run on this device',
    estimated: 'an estimate: nothing has been trained on this device yet',
    noCost: 'Mend the settings to see what the network costs.',
    added: (number, of) => `Layer ${number} of ${of} is new.`,
    removed: (number) => `Layer ${number} is removed.`,
    moved: (from, to, of) => `Layer ${from} is now layer ${to} of ${of}.`,
    broughtBack: (number) => `Layer ${number} is back.`,
    full: (most) => `At most ${most} hidden layers.`,
  },
  de: {
    title: 'Schichten',
    list: 'Die Schichten des Netzes, von der ersten zur letzten',
    input: 'Eingabe',
    pixels: '784 Pixel',
    output: 'Ausgabe',
    digits: '10 softmax',
    layer: (number) => `Schicht ${number}`,
    units: 'Einheiten',
    unitsError: (most) => `Eine ganze Zahl von 1 bis ${most}.`,
    activation: 'Aktivierung',
    likeOthers: (activation) => `${activation}, wie unten`,
    normalization: 'Normalisierung',
    normalizations: { '': 'keine', batch: 'Batch', layer: 'Layer' },
    normalizes: { batch: 'Batch-Norm', layer: 'Layer-Norm' },
    dropout: 'Dropout-Rate',
    l1: 'L1-Strafterm',
    l2: 'L2-Strafterm',
    initializer: 'Kernel-Initialisierer',
    add: 'Schicht hinzufügen',
    remove: 'Entfernen',
    earlier: 'Nach vorn',
    later: 'Nach hinten',
    bringBack: (number) => `Schicht ${number} zurückholen`,
    hint: 'Wähle eine Schicht, um sie zu ändern; ziehe sie (ein Finger hält sie zuerst), oder drücke auf ihr Umschalt und eine Pfeiltaste, um sie zu verschieben.',
    faulty: 'hier stimmt etwas nicht',
    cost: ({ parameters, memory, time }) =>
      `${parameters} Parameter · ${memory} zum Trainieren · etwa ${time} je Epoche`,
    measured: 'nach dem letzten Lauf auf diesem Gerät',
    estimated: 'eine Schätzung: auf diesem Gerät wurde noch nichts trainiert',
    noCost: 'Bring die Einstellungen in Ordnung, um zu sehen, was das Netz kostet.',
    added: (number, of) => `Schicht ${number} von ${of} ist neu.`,
    removed: (number) => `Schicht ${number} ist entfernt.`,
    moved: (from, to, of) => `Schicht ${from} ist jetzt Schicht ${to} von ${of}.`,
    broughtBack: (number) => `Schicht ${number} ist wieder da.`,
    full: (most) => `Höchstens ${most} verborgene Schichten.`,
  },
};

export const editorWords = EDITOR[language];
