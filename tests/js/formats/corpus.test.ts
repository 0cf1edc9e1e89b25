/**
 * Files that other tools made, in tests/formats/corpus: a new case is a file there, with NAME.expected.json beside it:
 * `{ options, inputs, outputs }` or, for one that must be refused, `{ refused }`, some words of the refusal. Files that
 * belong to it are named in `beside`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import { loadAny, type LoadAnyOptions } from 'mlp-wasm/files';
import { worstError, type Expected } from '../support/models.js';

type Case = Partial<Expected> & { options?: LoadAnyOptions; beside?: string[]; refused?: string; tolerance?: number };

const CORPUS = fileURLToPath(new URL('../../formats/corpus/', import.meta.url));
const NAMES = readdirSync(CORPUS)
  .filter((name) => name.endsWith('.expected.json'))
  .map((name) => name.slice(0, -'.expected.json'.length));

beforeAll(() => init());

describe('Of files that other tools made', () => {
  it.each(NAMES)('%s is read, or refused, as it must be', async (name) => {
    const known = JSON.parse(readFileSync(`${CORPUS}${name}.expected.json`, 'utf8')) as Case;
    const names = [name, ...(known.beside ?? [])];
    const files = Object.fromEntries(names.map((file) => [file, readFileSync(CORPUS + file)]));
    if (known.refused !== undefined) {
      await expect(loadAny(files, known.options)).rejects.toThrow(known.refused);
      return;
    }
    const model = await loadAny(files, known.options);
    expect(worstError((x) => model.predict(x), known as Expected)).toBeLessThan(known.tolerance ?? 1e-6);
    model.dispose();
  });
});
