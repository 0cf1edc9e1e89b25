/** Links to the documentation: beside the page where the site has both, else in the repository. */
import { element, make } from '../../dom.js';
import type { Lesson } from './lessons.js';

export function sourceLink({ page, heading }: Lesson['source'], text: string): HTMLAnchorElement {
  const docs = element('docs', HTMLAnchorElement).getAttribute('href')!;
  const link = make('a', '', text);
  const [repository, isElsewhere] = [docs.replace(/#.*$/, ''), /^https?:/.test(docs)];
  link.href = isElsewhere ? `${repository}/blob/main/web/docs/${page}.md#${heading}` : `${docs}${page}.html#${heading}`;
  link.rel = 'noreferrer';
  return link;
}
