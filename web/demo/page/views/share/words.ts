/** Words of "Keep and share", in the visitor's language. */
import { language } from '../../words/language.js';
import { de } from './words-de.js';
import { en } from './words-en.js';

export type ShareWords = typeof en;

export const words: ShareWords = language === 'de' ? de : en;
