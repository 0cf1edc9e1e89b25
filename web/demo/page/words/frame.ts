/** Words of the frame, which are loaded with the page; those of a view come with it. */
import { language } from './language.js';
import type { Language } from './language.js';

interface FrameWords {
  views: string;
  titles: Readonly<Record<string, string>>;
  loading: string;
  failed: string;
  again: string;
}

const FRAME: Readonly<Record<Language, FrameWords>> = {
  en: {
    views: 'Views',
    titles: {
      train: 'Draw & train',
      backpropagation: 'Backpropagation',
      inside: 'Inside',
      playground: 'Playground',
      lessons: 'Lessons',
      'my-digits': 'My digits',
      table: 'Your table',
      share: 'Share',
    },
    loading: 'Loading …',
    failed: 'This view could not be loaded. Are you offline?',
    again: 'Try again',
  },
  de: {
    views: 'Ansichten',
    titles: {
      train: 'Zeichnen & trainieren',
      backpropagation: 'Backpropagation',
      inside: 'Im Netz',
      playground: 'Spielwiese',
      lessons: 'Lektionen',
      'my-digits': 'Meine Ziffern',
      table: 'Deine Tabelle',
      share: 'Teilen',
    },
    loading: 'Lädt …',
    failed: 'Diese Ansicht konnte nicht geladen werden. Gibt es eine Verbindung?',
    again: 'Noch einmal',
  },
};

export const frame = FRAME[language];
