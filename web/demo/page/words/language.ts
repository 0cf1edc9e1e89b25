/** The language of the page: `?lang=` in its address, else the first that the browser prefers and the page has. */

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Both are absent in tests that run in Node. */
const { location, navigator } = globalThis as Partial<Pick<typeof window, 'location' | 'navigator'>>;
const preferred = navigator?.languages ?? [];

function chosen(): Language {
  const wanted = [new URLSearchParams(location?.search).get('lang') ?? '', ...preferred];
  const [found] = wanted.flatMap((name) => LANGUAGES.filter((language) => name.toLowerCase().startsWith(language)));
  return found ?? 'en';
}

export const language = chosen();

/** For numbers: the visitor's own way of writing them, where it is one of the page's language. */
export const locale = preferred.find((name) => name.startsWith(language)) ?? language;
