/** The words of the views, in the visitor's language, loaded with the first view that needs them. */
import { language } from './language.js';
import type { en } from './en.js';

export type Words = typeof en;

export async function loadWords(): Promise<Words> {
  return language === 'de' ? (await import('./de.js')).de : (await import('./en.js')).en;
}
