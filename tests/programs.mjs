/**
 * The programs of the documents: what is between ```js and ```. EXAMPLES.md has one below each heading. Pages of web/docs say of
 * each block what it is:
 *
 *   ```js run     a program, which runs by itself, in Node
 *   ```js page    the same, in a page
 *   ```js more    goes on with the program of the block before it
 */
import { readdirSync, readFileSync } from 'node:fs';

const read = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

/** The pages of the documentation that stand in web/docs, from the top of the repository. */
export const DOCUMENTATION = readdirSync(new URL('../web/docs/', import.meta.url), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((file) => file.endsWith('.md'))
  .map((file) => `web/docs/${file.replaceAll('\\', '/')}`)
  .sort();

/** All text of those pages. */
export const documentationText = () => DOCUMENTATION.map(read).join('\n');

/**
 * The programs of one page.
 *
 * @param {string} file its name, for errors and titles
 * @returns {{ title: string, where: 'run' | 'page', code: string }[]}
 * @throws {Error} naming the line of a block that says nothing of itself, or goes on with none
 */
export function programsIn(file, text = read(file)) {
  const programs = [];
  for (const { 1: info, 2: code, index } of text.matchAll(/^```(\w+.*)\n([^]*?)^```$/gm)) {
    if (!/^(?:js|javascript|mjs|ts|typescript|jsx|tsx)\b/.test(info)) continue;
    const line = text.slice(0, index).split('\n').length;
    const [, mark] = /^js (run|page|more)$/.exec(info) ?? [];
    if (mark === undefined) throw new Error(`${file}:${line}: \`\`\`${info}: expected js run, js page or js more`);
    if (mark !== 'more') {
      programs.push({ title: `${file}:${line}`, where: mark, code });
    } else if (programs.length > 0) {
      programs.at(-1).code += code;
    } else {
      throw new Error(`${file}:${line}: \`\`\`js more: there is no program before it`);
    }
  }
  return programs;
}

/** Those of all pages of web/docs. */
export const documentedPrograms = () => DOCUMENTATION.flatMap((file) => programsIn(file));

/** Those of EXAMPLES.md, by their headings. */
export const examples = () =>
  [...read('EXAMPLES.md').matchAll(/^## (.+)\n[^]*?```js\n([^]*?)```/gm)].map(([, title, code]) => ({ title, code }));
