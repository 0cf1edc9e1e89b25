/** The words of the first view, in both languages. */
import { readFileSync } from 'node:fs';
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
