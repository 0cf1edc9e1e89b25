/** Sentences for the end of a training that a reload forgets. */
import { language } from '../words/language.js';
import type { Language } from '../words/language.js';
import type { Obstacle } from './kept-runs.js';

const WORDS: Readonly<Record<Language, Readonly<Record<Obstacle, string>>>> = {
  en: {
    tab: 'A reload will forget it, because this page is open in another tab, which keeps its own network. “Share” saves it as a file.',
    browser: 'A reload will forget it, because the browser stores no more for this page. “Share” saves it as a file.',
  },
  de: {
    tab: 'Neu geladen vergisst die Seite es, denn sie ist noch in einem anderen Tab offen, der sein eigenes Netz behält. „Teilen“ speichert es als Datei.',
    browser:
      'Neu geladen vergisst die Seite es, denn der Browser speichert nichts mehr für sie. „Teilen“ speichert es als Datei.',
  },
};

export const unkept = WORDS[language];
