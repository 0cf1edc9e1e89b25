/** Words around training piece by piece, which are loaded with the page. */
import { language } from './language.js';
import type { Language } from './language.js';

type Portion = 'step' | 'epoch' | 'all';

interface TrainingWords {
  /** On the settings: while it learns, after a run that was changed in the middle, and else. */
  locked: string;
  touched: string;
  shared: string;
  portions: string;
  step: string;
  stepTitle: string;
  epoch: string;
  epochTitle: string;
  undo: Readonly<Record<Portion, string>>;
  undoTitle: string;
  /** After a step; `loss` is the mean of the epoch so far. */
  stepped: (place: { batch: string; batches: string; epoch: string; epochs: string; loss: string }) => string;
  epochDone: (place: { epoch: string; epochs: string; right: string }) => string;
  undone: Readonly<Record<Portion, string>>;
  /** The place of the network after the undoing. */
  at: (epoch: string, epochs: string) => string;
  atStart: string;
}

const TRAINING: Readonly<Record<Language, TrainingWords>> = {
  en: {
    locked:
      'While it learns, the learning rate, the augmentation, the activations and each layer’s dropout can be changed.',
    touched: 'This run was changed on the way, so that the address, which holds all settings, does not repeat it.',
    shared: 'The address of this page holds all settings: copy it to share them.',
    portions: 'Train piece by piece',
    step: 'Step',
    stepTitle: 'Learn from one batch',
    epoch: 'Epoch',
    epochTitle: 'Learn to the end of the epoch',
    undo: { step: 'Undo step', epoch: 'Undo epoch', all: 'Undo training' },
    undoTitle: 'Weights and optimizer as they were before',
    stepped: ({ batch, batches, epoch, epochs, loss }) =>
      `Batch ${batch} of ${batches} in epoch ${epoch} of ${epochs}: mean loss of the epoch so far ${loss}.`,
    epochDone: ({ epoch, epochs, right }) => `Epoch ${epoch} of ${epochs} is done: ${right} of 100 right.`,
    undone: { step: 'The step is undone.', epoch: 'The epoch is undone.', all: 'The training is undone.' },
    at: (epoch, epochs) => `Your network is in epoch ${epoch} of ${epochs} again.`,
    atStart: 'The pretrained network answers again.',
  },
  de: {
    locked: 'Während es lernt, lassen sich Lernrate, Augmentation, Aktivierungen und der Dropout jeder Schicht ändern.',
    touched: 'Dieser Lauf wurde unterwegs geändert: Die Adresse, die alle Einstellungen enthält, wiederholt ihn nicht.',
    shared: 'Die Adresse dieser Seite enthält alle Einstellungen: Kopiere sie, um sie zu teilen.',
    portions: 'Stück für Stück trainieren',
    step: 'Schritt',
    stepTitle: 'Aus einem Batch lernen',
    epoch: 'Epoche',
    epochTitle: 'Bis zum Ende der Epoche lernen',
    undo: { step: 'Schritt zurück', epoch: 'Epoche zurück', all: 'Training zurück' },
    undoTitle: 'Gewichte und Optimierer, wie sie vorher waren',
    stepped: ({ batch, batches, epoch, epochs, loss }) =>
      `Batch ${batch} von ${batches} in Epoche ${epoch} von ${epochs}: mittlerer Verlust der Epoche bisher ${loss}.`,
    epochDone: ({ epoch, epochs, right }) => `Epoche ${epoch} von ${epochs} ist fertig: ${right} von 100 richtig.`,
    undone: {
      step: 'Der Schritt ist zurückgenommen.',
      epoch: 'Die Epoche ist zurückgenommen.',
      all: 'Das Training ist zurückgenommen.',
    },
    at: (epoch, epochs) => `Dein Netz ist wieder in Epoche ${epoch} von ${epochs}.`,
    atStart: 'Das vortrainierte Netz antwortet wieder.',
  },
};

export const trainingWords = TRAINING[language];
