/** The doc comments, of which `npm run docs` makes the reference. */
import { beforeAll, describe, expect, it } from 'vitest';

interface Reference {
  entries(): { name: string; source: string }[];
  publicNames(): { name: string; names: string[] }[];
  convert(): Promise<{ project: { children: { name: string; children: { name: string }[] }[] }; complaints: string[] }>;
}

// By a name that the compiler does not follow, because the scripts have no types.
const SCRIPT: string = '../../../scripts/docs/reference.mjs';
const { convert, entries, publicNames } = (await import(SCRIPT)) as Reference;

describe('The reference', () => {
  let made: Awaited<ReturnType<Reference['convert']>>;
  beforeAll(async () => {
    made = await convert();
  });

  it('has every entry', () => {
    const names = entries().map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['mlp-wasm', 'mlp-wasm/tables', 'mlp-wasm/worker']));
    expect(made.project.children.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  it('has every name that an entry exports', () => {
    for (const { name, names } of publicNames()) {
      const { children } = made.project.children.find((module) => module.name === name)!;
      const documented = new Set(children.map((child) => child.name));
      expect(names.length, name).toBeGreaterThan(1);
      expect(
        names.filter((exported) => !documented.has(exported)),
        name,
      ).toEqual([]);
    }
  });

  it('is made of comments whose links and parameters there are', () => {
    expect(made.complaints).toEqual([]);
  });
});
