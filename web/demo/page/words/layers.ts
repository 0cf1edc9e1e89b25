/** Sentences on texts of layers that have no value. */
import { language } from './language.js';
import type { Language } from './language.js';

interface LayerWords {
  dropout: string;
  penalty: (most: number) => string;
  unknown: (found: readonly string[]) => string;
}

const LAYERS: Readonly<Record<Language, LayerWords>> = {
  en: {
    dropout: 'A share from 0 to below 1; for example 0.2.',
    penalty: (most) => `A number from 0 to ${most}; for example 0.0001.`,
    unknown: (found) => `The address says of the layers what this page does not know: ${found.join(', ')}.`,
  },
  de: {
    dropout: 'Ein Anteil von 0 bis unter 1; zum Beispiel 0,2.',
    penalty: (most) => `Eine Zahl von 0 bis ${most}; zum Beispiel 0,0001.`,
    unknown: (found) => `Die Adresse sagt von den Schichten, was diese Seite nicht kennt: ${found.join(', ')}.`,
  },
};

export const layerWords = LAYERS[language];
