/** Words of the view of my digits. */
import type { FileFault } from '../../my-digits/digits-file.js';
import { language, locale } from '../../words/language.js';
import type { Language } from '../../words/language.js';

const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });

interface MyDigitsWords {
  title: string;
  lede: string;
  empty: string;
  exported: string;
  import: string;
  undo: string;
  imported: (added: number, known: number) => string;
  fault: (name: string, reason: FileFault | undefined) => string;
  tile: (label: number, time: number) => string;
  list: string;
  keys: string;
  chosen: (count: number) => string;
  relabel: (digit: number) => string;
  remove: string;
  hand: {
    title: string;
    lede: string;
    learn: string;
    cancel: string;
    undo: string;
    forget: string;
    progress: string;
    none: string;
    running: string;
    few: string;
    learning: string;
    cancelled: string;
    undone: string;
    failed: (message: string) => string;
    done: (seconds: number) => string;
    caption: (heldOut: number) => string;
    before: string;
    after: string;
    mine: (count: number) => string;
    others: (count: number) => string;
    share: (share: number) => string;
  };
}

const WORDS: Readonly<Record<Language, MyDigitsWords>> = {
  en: {
    title: 'My digits',
    lede: 'Drawings that you kept, with what they should be read as. They stay in this browser.',
    empty: 'None yet. Draw a digit, and press below the answer what it is.',
    exported: 'Export',
    import: 'Import',
    undo: 'Undo',
    imported: (added, known) =>
      `${added === 1 ? 'One digit' : `${added} digits`} added${known > 0 ? `; ${known} were here already` : ''}.`,
    fault: (name, reason) => {
      if (!reason) return `${name} could not be read.`;
      if (reason.fault === 'digit') return `${name} is damaged: digit ${reason.number} has no proper ${reason.field}.`;
      return {
        large: `${name} is too large: at most 64 MB.`,
        many: `${name} holds more than 10,000 digits.`,
        'no-json': `${name} is no file of digits: it is not JSON.`,
        other: `${name} is no file of digits that this page exported.`,
      }[reason.fault];
    },
    tile: (label, time) => `${label}, kept ${moment.format(time)}`,
    list: 'My digits, by what they are',
    keys: 'Space chooses, 0 to 9 relabel, Delete deletes, arrows move.',
    chosen: (count) => (count === 0 ? 'Choose digits to change them.' : `${count} chosen. They are a`),
    relabel: (digit) => `Relabel as ${digit}`,
    remove: 'Delete',
    hand: {
      title: 'Learn my hand',
      lede: 'The network that answers learns your digits, and rehearses generated ones beside them, so that it does not forget.',
      learn: 'Learn my hand',
      cancel: 'Cancel',
      undo: 'Undo',
      forget: 'Forget my hand',
      progress: 'Progress of learning',
      none: 'It needs digits of yours; five of each are a good beginning.',
      running: 'Your network is being trained: stop that first.',
      few: 'All of them are learned: only with five of a digit is one held out to compare.',
      learning: 'Learning …',
      cancelled: 'Cancelled; nothing has changed.',
      undone: 'The network is as it was before.',
      failed: (message) => `It did not work: ${message}`,
      done: (seconds) => `Learned in ${decimal.format(seconds)} s.`,
      caption: (heldOut) =>
        heldOut < 10
          ? 'Read rightly: few drawings, so that figures say little'
          : 'Read rightly, of digits that were not learned',
      before: 'Before',
      after: 'After',
      mine: (count) => (count === 1 ? 'one of yours, held out' : `${count} of yours, held out`),
      others: (count) => `${count.toLocaleString(locale)} generated`,
      share: (share) => `${decimal.format(100 * share)} %`,
    },
  },
  de: {
    title: 'Meine Ziffern',
    lede: 'Zeichnungen, die du behalten hast, und was sie sein sollen. Sie bleiben in diesem Browser.',
    empty: 'Noch keine. Zeichne eine Ziffer und drücke unter der Antwort, was sie ist.',
    exported: 'Exportieren',
    import: 'Importieren',
    undo: 'Rückgängig',
    imported: (added, known) =>
      `${added === 1 ? 'Eine Ziffer' : `${added} Ziffern`} dazu${known > 0 ? `; ${known} waren schon da` : ''}.`,
    fault: (name, reason) => {
      if (!reason) return `${name} lässt sich nicht lesen.`;
      const fields = { label: 'Bedeutung', time: 'Zeit', strokes: 'Striche', pixels: 'Pixel' };
      if (reason.fault === 'digit') return `${name} ist beschädigt: Ziffer ${reason.number}, ${fields[reason.field]}.`;
      return {
        large: `${name} ist zu groß: höchstens 64 MB.`,
        many: `${name} enthält mehr als 10 000 Ziffern.`,
        'no-json': `${name} ist keine Datei mit Ziffern: kein JSON.`,
        other: `${name} ist keine Datei mit Ziffern aus dieser Seite.`,
      }[reason.fault];
    },
    tile: (label, time) => `${label}, behalten ${moment.format(time)}`,
    list: 'Meine Ziffern, nach Bedeutung',
    keys: 'Leertaste wählt, 0 bis 9 benennen um, Entf löscht, Pfeile bewegen.',
    chosen: (count) => (count === 0 ? 'Wähle Ziffern, um sie zu ändern.' : `${count} gewählt. Es sind`),
    relabel: (digit) => `Als ${digit} benennen`,
    remove: 'Löschen',
    hand: {
      title: 'Meine Hand lernen',
      lede: 'Das Netz, das antwortet, lernt deine Ziffern und übt daneben erzeugte, damit es nichts vergisst.',
      learn: 'Meine Hand lernen',
      cancel: 'Abbrechen',
      undo: 'Rückgängig',
      forget: 'Meine Hand vergessen',
      progress: 'Fortschritt des Lernens',
      none: 'Es braucht Ziffern von dir; fünf von jeder sind ein guter Anfang.',
      running: 'Dein Netz wird gerade trainiert: halte das zuerst an.',
      few: 'Alle werden gelernt: Erst von fünf gleichen Ziffern bleibt eine zum Vergleich übrig.',
      learning: 'Lernt …',
      cancelled: 'Abgebrochen; nichts ist verändert.',
      undone: 'Das Netz ist, wie es vorher war.',
      failed: (message) => `Das ging nicht: ${message}`,
      done: (seconds) => `Gelernt in ${decimal.format(seconds)} s.`,
      caption: (heldOut) =>
        heldOut < 10
          ? 'Richtig gelesen: wenige Zeichnungen, daher wenig sicher'
          : 'Richtig gelesen, von Ziffern, die nicht gelernt wurden',
      before: 'Vorher',
      after: 'Nachher',
      mine: (count) => (count === 1 ? 'eine eigene, zurückgehalten' : `${count} eigene, zurückgehalten`),
      others: (count) => `${count.toLocaleString(locale)} erzeugte`,
      share: (share) => `${decimal.format(100 * share)} %`,
    },
  },
};

export const words = WORDS[language];
