/** Words on files that are dropped. */
import { language } from '../words/language.js';
import type { Language } from '../words/language.js';

interface DropWords {
  drop: string;
  close: string;
  /** On files that the page has no use for. */
  unknown: (names: readonly string[]) => string;
}

const WORDS: Readonly<Record<Language, DropWords>> = {
  en: {
    drop: 'Drop a picture, a table, a model, MNIST’s files or my digits',
    close: 'Close',
    unknown: (names) =>
      `This page has no use for ${names.join(', ')}. Drop a picture of digits, a table (CSV), a model of one of the tools under “Share”, the files of MNIST, or a file of “My digits”.`,
  },
  de: {
    drop: 'Bild, Tabelle, Modell, Dateien von MNIST oder meine Ziffern hier ablegen',
    close: 'Schließen',
    unknown: (names) =>
      `Mit ${names.join(', ')} kann diese Seite nichts anfangen. Leg ein Bild von Ziffern ab, eine Tabelle (CSV), ein Modell eines der Werkzeuge unter „Teilen“, die Dateien von MNIST oder eine Datei aus „Meine Ziffern“.`,
  },
};

export const words = WORDS[language];
