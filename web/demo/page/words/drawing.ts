/** Words around the drawing pad, which are loaded with the page. */
import { language } from './language.js';
import type { Language } from './language.js';

interface DrawingWords {
  undo: string;
  redo: string;
  pen: { up: string; down: string; rubs: string; eraser: string; pens: readonly string[] };
  number: (digits: number) => string;
  picture: string;
  wrong: string;
  keep: (digit: number) => string;
  kept: (digit: number) => string;
  forgotten: string;
  count: (count: number) => string;
  trouble: Readonly<Record<'full' | 'closed', string>>;
}

const DRAWING: Readonly<Record<Language, DrawingWords>> = {
  en: {
    undo: 'Undo',
    redo: 'Redo',
    pen: {
      up: 'Pen up',
      down: 'Pen down',
      rubs: 'Eraser down',
      eraser: 'Eraser',
      pens: ['Fine pen', 'Medium pen', 'Broad pen'],
    },
    number: (digits) => `A number of ${digits} digits.`,
    picture: 'Read a picture',
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
    undo: 'Rückgängig',
    redo: 'Wiederholen',
    pen: {
      up: 'Stift gehoben',
      down: 'Stift gesenkt',
      rubs: 'Radierer gesenkt',
      eraser: 'Radierer',
      pens: ['Feiner Stift', 'Mittlerer Stift', 'Breiter Stift'],
    },
    number: (digits) => `Eine Zahl mit ${digits} Ziffern.`,
    picture: 'Ein Bild lesen',
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
