/** The work `size`: bundles what a trainer imports and adds up what a server would send, each file gzipped by itself. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { COMMON } from './bundle.mjs';
import { BENCH } from './paths.mjs';

/**
 * @param {{ source: string, wasm?: string, skips?: string[] }} trainer an entry module; the wasm it loads; how the names
 *   of modules begin that it imports only to run on something else
 * @returns kB of the whole, and of its files
 */
export async function measureSize({ source, wasm, skips = [] }) {
  const { metafile, outputFiles } = await build({
    ...COMMON,
    stdin: { contents: source, resolveDir: BENCH },
    outdir: path.join(BENCH, 'out'),
    write: false,
    metafile: true,
  });
  const contents = new Map(outputFiles.map((file) => [path.relative(BENCH, file.path), file.contents]));
  const files = {};
  const add = (name) => {
    if (name in files) return;
    files[name] = kilobytes(contents.get(name));
    for (const { path: imported, external } of metafile.outputs[name].imports) {
      const entry = metafile.outputs[imported]?.entryPoint;
      if (!external && !(entry && skips.some((skip) => path.basename(entry).startsWith(skip)))) add(imported);
    }
  };
  add(Object.keys(metafile.outputs).find((name) => metafile.outputs[name].entryPoint === '<stdin>'));
  if (wasm) files[path.basename(wasm)] = kilobytes(readFileSync(wasm));
  return { samples: [Object.values(files).reduce((a, b) => a + b)], files };
}

const kilobytes = (bytes) => gzipSync(bytes, { level: 9 }).length / 1000;
