/** The words of the first view, which are loaded with the page. */
import { de } from './first-view-de.js';
import { en } from './first-view-en.js';
import { language } from './language.js';
import type { Language } from './language.js';

export type FirstViewWords = typeof en;

const WORDS: Readonly<Record<Language, FirstViewWords>> = { en, de };
export const words = WORDS[language];

/** Puts them where `index.html` has English ones: as the text of `data-words`, and as the name of `data-words-label`. */
export function writeWords(): void {
  document.documentElement.lang = language;
  document.title = words.title;
  const { html } = words;
  if (!html) return;
  for (const place of document.querySelectorAll<HTMLElement>('[data-words], [data-words-label]')) {
    const { words: text, wordsLabel: label } = place.dataset;
    if (text) place.textContent = html[text]!;
    if (label) place.setAttribute('aria-label', html[label]!);
  }
}
