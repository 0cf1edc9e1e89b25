/** Scripts of a fresh clone start before setup() has installed a package. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SCRIPTS = new URL('../../../scripts/', import.meta.url);

/** Modules that a script loads as it starts, itself included, and those that these load. */
function loadedBy(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  if (!name.startsWith('./')) return found;
  const text = readFileSync(fileURLToPath(new URL(name, SCRIPTS)), 'utf8');
  for (const [, from] of text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)';/gm)) loadedBy(from!, found);
  return found;
}

it.each(['start', 'test', 'build', 'lint', 'setup'])('%s.mjs loads nothing but Node’s own modules', (script) => {
  const loaded = [...loadedBy(`./${script}.mjs`)];
  expect(loaded.length).toBeGreaterThan(1);
  expect(loaded.filter((name) => !/^(node:|\.\/)/.test(name))).toEqual([]);
});
