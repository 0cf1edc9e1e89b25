/** Words on workers and on the digits that they make and read; they come with the first worker. */
import type { DigitFault, Doing } from '../../shared/digit-work.js';
import { NOT_STARTED } from '../../shared/not-started.js';
import { language } from './language.js';
import type { Language } from './language.js';
import { whole } from './numbers.js';

interface DigitWords {
  doing: (doing: Doing) => string;
  /** The rest of a sentence that a file's name begins, or a sentence. */
  fault: (fault: DigitFault) => string;
  /** Of the worker that makes digits. */
  stopped: (reason: string) => string;
  /** Of any other one. */
  notStarted: string;
}

const WORDS: Readonly<Record<Language, DigitWords>> = {
  en: {
    doing: (work) => (work.doing === 'making' ? `Making ${whole(work.count)} digits …` : 'Reading MNIST …'),
    fault: (fault) => {
      switch (fault.fault) {
        case 'foreign':
          return 'is not one of MNIST’s files.';
        case 'not 28 × 28':
          return 'holds images that are not 28 × 28 pixels.';
        case 'truncated':
          return 'is cut short (truncated): download it again.';
        case 'too long':
          return 'is longer than it says: download it again.';
        case 'packed':
          return 'is compressed, but holds none of MNIST’s files.';
        case 'damaged':
          return 'is damaged: download it again.';
        case 'beyond 9':
          return 'The labels go beyond 9; this page reads digits.';
        case 'features':
          return `MNIST’s images have 784 pixels, and one label each; these have ${whole(fault.found)}.`;
        case 'answered':
          return `${fault.url} answered ${fault.status}.`;
        case 'other':
          return fault.text;
      }
    },
    stopped: (reason) => `The worker that makes digits stopped${reason}.`,
    notStarted: 'its worker could not be started',
  },
  de: {
    doing: (work) => (work.doing === 'making' ? `Macht ${whole(work.count)} Ziffern …` : 'Liest MNIST …'),
    fault: (fault) => {
      switch (fault.fault) {
        case 'foreign':
          return 'ist keine der Dateien von MNIST.';
        case 'not 28 × 28':
          return 'enthält Bilder, die nicht 28 × 28 Pixel haben.';
        case 'truncated':
          return 'ist abgeschnitten: Lade sie noch einmal herunter.';
        case 'too long':
          return 'ist länger, als sie sagt: Lade sie noch einmal herunter.';
        case 'packed':
          return 'ist gepackt, enthält aber keine der Dateien von MNIST.';
        case 'damaged':
          return 'ist beschädigt: Lade sie noch einmal herunter.';
        case 'beyond 9':
          return 'Die Labels gehen über 9 hinaus; diese Seite liest Ziffern.';
        case 'features':
          return `Die Bilder von MNIST haben 784 Pixel und je ein Label; diese haben ${whole(fault.found)}.`;
        case 'answered':
          return `${fault.url} hat mit ${fault.status} geantwortet.`;
        case 'other':
          return fault.text;
      }
    },
    stopped: (reason) => `Der Worker, der Ziffern macht, brach ab${reason}.`,
    notStarted: 'sein Worker konnte nicht gestartet werden',
  },
};

export const digitWords = WORDS[language];

/** The reason for which a worker has died, from its error, which has no message where its script did not come. */
export function reasonOf({ message }: { message?: string }): string {
  return !message || message.includes(NOT_STARTED) ? digitWords.notStarted : message;
}
