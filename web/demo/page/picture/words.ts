/** Words on pictures. */
import { language } from '../words/language.js';
import type { Language } from '../words/language.js';

interface PictureWords {
  title: string;
  close: string;
  reading: string;
  choose: string;
  alt: (name: string, digits: number) => string;
  digit: (digit: number | undefined, percent: string) => string;
  none: (name: string) => string;
  large: (name: string) => string;
  unreadable: (name: string) => string;
}

const WORDS: Readonly<Record<Language, PictureWords>> = {
  en: {
    title: 'Read in the picture',
    close: 'Close',
    reading: 'Reading …',
    choose: 'Choose a digit to see how the network reads it:',
    alt: (name, digits) => `${name}, with ${digits === 1 ? 'one digit' : `${digits} digits`} framed`,
    digit: (digit, percent) => (digit === undefined ? 'not a digit I know' : `${digit}, ${percent} sure`),
    none: (name) => `There is no digit in ${name} that stands out from its paper.`,
    large: (name) => `${name} is too large: at most 40 MB and 100 million pixels.`,
    unreadable: (name) => `${name} is no picture that this browser can read.`,
  },
  de: {
    title: 'Im Bild gelesen',
    close: 'Schließen',
    reading: 'Liest …',
    choose: 'Wähle eine Ziffer, um zu sehen, wie das Netz sie liest:',
    alt: (name, digits) => `${name} mit ${digits === 1 ? 'einer Ziffer' : `${digits} Ziffern`} in Rahmen`,
    digit: (digit, percent) => (digit === undefined ? 'keine Ziffer, die ich kenne' : `${digit}, zu ${percent} sicher`),
    none: (name) => `In ${name} hebt sich keine Ziffer vom Papier ab.`,
    large: (name) => `${name} ist zu groß: höchstens 40 MB und 100 Millionen Pixel.`,
    unreadable: (name) => `${name} ist kein Bild, das dieser Browser lesen kann.`,
  },
};

export const words = WORDS[language];
