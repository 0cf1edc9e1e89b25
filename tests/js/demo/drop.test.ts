/** Kinds of the files that are dropped on the page. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { kindOf } from '../../../web/demo/page/drop/kinds.js';
import { toFile } from '../../../web/demo/page/my-digits/digits-file.js';

const CORPUS = new URL('../../formats/corpus/', import.meta.url);

const file = (name: string, content: string | Uint8Array | number[], type = ''): File =>
  new File([typeof content === 'string' ? content : new Uint8Array(content)], name, { type });
const IDX = [0, 0, 8, 1, 0, 0, 0, 2, 7, 1];
const PACKED = gzipSync(Uint8Array.from(IDX));

describe('A file that is dropped', () => {
  it('is a model where another tool wrote it, under whatever name', async () => {
    const models = readdirSync(CORPUS).filter((name) => /\.(?:pt|h5|onnx|keras|npz|npy|safetensors|skops)$/.test(name));
    expect(models.length).toBeGreaterThan(50);
    const others: string[] = [];
    for (const name of models) {
      const kind = await kindOf(file('download', readFileSync(new URL(name, CORPUS))));
      if (kind !== 'model') others.push(`${name}: ${kind}`);
    }
    expect(others).toEqual([]);
  });

  it.each<[string, File]>([
    ['mnist', file('a', IDX)],
    ['mnist', file('a.gz', PACKED)],
    ['mnist', file('cut-short.gz', PACKED.subarray(0, -6))],
    ['picture', file('photo', [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])],
    ['picture', file('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml')],
    ['my digits', file('mine.json', toFile([]))],
    ['my digits', file('mine.json', toFile([]).slice(0, -4))],
    ['model', file('brain.json', '{"sizes":[2,3,1],"layers":[]}')],
    ['model', file('model.json', '\uFEFF {"modelTopology":{},"weightsManifest":[]}')],
    ['table', file('flowers.csv', 'petals\n5\n3\n')],
    ['table', file('flowers.csv', '<!doctype html><title>Not found</title>')],
    ['table', file('flowers.csv.gz', gzipSync('a,b\n1,2\n'))],
    ['table', file('keys', 'PK,a\n1,2\n')],
    ['table', file('export', 'a;b;c\r\n1;2;3\r\n')],
    ['table', file('export.txt', 'a\tb\n1\t2\n')],
  ])('is of the kind "%s" by its content: %o', async (kind, given) => {
    expect(await kindOf(given)).toBe(kind);
  });

  it.each<[string, File]>([
    ['JSON of something else', file('package.json', '{"format":"mlp-wasm my digits, no"}')],
    ['JSON that is none', file('settings.json', '{"name":')],
    ['a list in JSON', file('list.json', '[1, 2]\n')],
    ['prose', file('letter.txt', 'Dear reader, this is\nno table.\n')],
    ['a document', file('paper.pdf', '%PDF-1.7\n1,2\n3,4\n\0\0')],
    ['an archive of something else', file('a.zip', 'PK\x03\x04\x14\0\0\0\0\0holiday/beach.jpg')],
    ['something packed', file('a.tar.gz', gzipSync('holiday'))],
    ['an empty file', file('empty.csv', '')],
  ])('is none of them where it is %s', async (_, given) => {
    expect(await kindOf(given)).toBeUndefined();
  });
});
