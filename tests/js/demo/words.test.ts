/** The words of the page, in both languages. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { de } from '../../../web/demo/page/words/first-view-de.js';

const page = readFileSync(new URL('../../../web/demo/index.html', import.meta.url), 'utf8');

it('Every place of the page that asks for words has German ones, and none of them is without a place', () => {
  const asked = new Set(Array.from(page.matchAll(/data-words(?:-label)?="(\w+)"/g), ([, name]) => name));
  expect(asked.size).toBeGreaterThan(50);
  expect(Object.keys(de.html!).sort()).toEqual([...asked].sort());
});

it('No text of the page is without a place for other words, but names', () => {
  const body = page.slice(page.indexOf('<body>'), page.indexOf('<noscript>')).replace(/<!--.*?-->/gs, '');
  const texts = Array.from(
    body.matchAll(/<([a-z0-9]+)([^<>]*)>([^<>]*[a-z]{2}[^<>]*)</g),
    ([, , attributes, text]) => ({
      isNamed: /data-words="/.test(attributes!),
      text: text!.trim().replace(/\s+/g, ' '),
    }),
  );
  const unnamed = texts.filter(({ isNamed }) => !isNamed).map(({ text }) => text);
  expect(unnamed).toEqual(['mlp-wasm', 'MNIST', 'Eigen', 'WebAssembly'].filter((name) => unnamed.includes(name)));
});

/** The text of a file of both languages without one of them: the lines from `de: {` to the brace that ends it, say. */
function without(language: string, file: string): string {
  return file.replace(new RegExp(`^( *)${language}: [{\\[][^]*?^\\1[}\\]],?$|^ *${language}: [^{[\\n].*$`, 'gm'), '');
}

it('A language of a file of both is found to its end', () => {
  const both = "const WORDS = {\n  en: {\n    a: { b: 'one' },\n  },\n  de: {\n    a: { b: 'eins' },\n  },\n};\n";
  expect(without('de', both)).toMatch(/'one'/);
  expect(without('de', both)).not.toMatch(/'eins'/);
  expect(without('en', both)).toMatch(/'eins'/);
  expect(without('en', both)).not.toMatch(/'one'/);
  expect(without('en', "  en: 'one',\n  de: 'eins',\n")).not.toMatch(/'one'/);
});

it.each([
  ['English', 'words-en.ts', /“([^”]+)”/g, /-de\.ts$/, 'de'],
  ['German', 'words-de.ts', /„([^“]+)“/g, /-en\.ts$/, 'en'],
])('The lessons in %s name controls as the page does', (language, file, quoted, other, otherKey) => {
  const lessons = new URL('../../../web/demo/page/views/lessons/', import.meta.url);
  const names = Array.from(readFileSync(new URL(file, lessons), 'utf8').matchAll(quoted), ([, name]) => name!);
  expect(names.length).toBeGreaterThan(4);
  const folder = fileURLToPath(new URL('../../../web/demo/page', import.meta.url));
  const labels = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('lessons') && !other.test(name))
    .map((name) => without(otherKey, readFileSync(path.join(folder, name), 'utf8')))
    .concat(language === 'English' ? page : '')
    .join('');
  const isLabel = (name: string): boolean => [`'${name}'`, `>${name}<`].some((label) => labels.includes(label));
  expect(names.filter((name) => !isLabel(name))).toEqual([]);
});
