/** Words around the drawing pad, which are loaded with the page. */
import { language } from './language.js';
import type { Language } from './language.js';

interface DrawingWords {
  wrong: string;
  keep: (digit: number) => string;
  kept: (digit: number) => string;
  forgotten: string;
  count: (count: number) => string;
  trouble: Readonly<Record<'full' | 'closed', string>>;
}

const DRAWING: Readonly<Record<Language, DrawingWords>> = {
  en: {
    wrong: 'That was wrong: it is a',
    keep: (digit) => `It is ${digit === 8 ? 'an' : 'a'} ${digit}: keep it in my digits`,
    kept: (digit) => `Kept as ${digit === 8 ? 'an' : 'a'} ${digit}.`,
    forgotten: 'No longer kept.',
    count: (count) => (count === 1 ? 'One of my digits.' : `My digits: ${count}.`),
    trouble: {
      full: 'The browser’s storage is full: kept in this tab only. Export my digits, or make room.',
      closed: 'This browser stores nothing for this page: kept in this tab only. Export my digits.',
    },
  },
  de: {
    wrong: 'Das war falsch, es ist eine',
    keep: (digit) => `Es ist eine ${digit}: zu meinen Ziffern`,
    kept: (digit) => `Als ${digit} behalten.`,
    forgotten: 'Nicht mehr behalten.',
    count: (count) => (count === 1 ? 'Eine eigene Ziffer.' : `Eigene Ziffern: ${count}.`),
    trouble: {
      full: 'Der Speicher des Browsers ist voll: nur in diesem Tab behalten. Exportiere deine Ziffern oder schaffe Platz.',
      closed: 'Dieser Browser speichert nichts für diese Seite: nur in diesem Tab behalten. Exportiere deine Ziffern.',
    },
  },
};

export const drawingWords = DRAWING[language];
