/** Words of the playground, in the visitor's language. */
import { language } from '../../words/language.js';
import type { Language } from '../../words/language.js';
import { de } from './words-de.js';
import { en } from './words-en.js';

export type PlaygroundWords = typeof en;

const WORDS: Readonly<Record<Language, PlaygroundWords>> = { en, de };
export const words = WORDS[language];
