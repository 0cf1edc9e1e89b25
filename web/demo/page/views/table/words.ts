/** Words of "Your table", in the visitor's language. */
import { language } from '../../words/language.js';
import { de } from './words-de.js';
import { en } from './words-en.js';

export type TableWords = typeof en;

export const words: TableWords = language === 'de' ? de : en;
