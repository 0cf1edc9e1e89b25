// `npm run docs`: the documentation, as a static site in build/docs. `npm run site`: that, with the page of `npm start`
// beside it under page/, in build/site.
//
//   npm run docs -- --base /mlp-wasm/   for a host that serves it under that path; / by default
//   npm run docs -- --preview           serves it, too
//   npm run site -- --built             takes dist/ as it is, instead of building the package first
import { cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage, buildPage } from './build.mjs';
import { fail, ROOT } from './run.mjs';
import { setup } from './setup.mjs';

const at = (...parts) => path.join(ROOT, ...parts);
const began = Date.now();

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: '/' },
    built: { type: 'boolean', default: false },
    preview: { type: 'boolean', default: false },
    site: { type: 'boolean', default: false },
  },
});
const { base } = values;
if (!/^\/(?:[\w.~-]+\/)*$/.test(base)) fail(`--base: expected a path such as /mlp-wasm/, got '${base}'`);

// The reference is made from the sources; of dist/ the documentation only tells the sizes, so that an older one will do.
const builds = values.site ? !values.built : !existsSync(at('dist/index.js'));
setup(...(builds ? ['build'] : []));
if (builds) await buildPackage();
process.env.DOCS_SITE = values.site ? 'yes' : ''; // for the page's link, too
if (values.site) buildPage();

// Not before setup() has installed their packages.
const { writePages } = await import('./docs/pages.mjs');
const { writeReference } = await import('./docs/reference.mjs');
const { findings } = await import('./docs/check.mjs');

rmSync(at('build/docs-source'), { recursive: true, force: true });
await writePages(at('build/docs-source'));
await writeReference(at('build/docs-source/reference'));
process.env.DOCS_BASE = base;
const { build, serve } = await import('vitepress');
await build(at('web/docs'));

const folder = at(values.site ? 'build/site' : 'build/docs');
if (values.site) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(at('build/docs'), folder, { recursive: true });
  cpSync(at('build/page'), path.join(folder, 'page'), { recursive: true });
}
const { lines, pages, bytes } = await findings(folder, base);
if (lines.length > 0) fail(`${lines.join('\n')}\n${lines.length} faults in ${folder}`);
const seconds = ((Date.now() - began) / 1000).toFixed(0);
console.log(`\n${pages} pages, ${(bytes / 1e6).toFixed(1)} MB, in ${path.relative(ROOT, folder)}, after ${seconds} s`);
if (values.preview) await serve({ root: at('web/docs'), base, port: 4174 });
