/** The documentation's site. `npm run docs` (scripts/docs.mjs) writes the pages that this builds into build/docs-source. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { math } from './math.mjs';

const at = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const { description, repository } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const source = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
const base = process.env.DOCS_BASE ?? '/';

const GUIDES = [
  { text: 'Five minutes', link: '/start' },
  {
    text: 'Guides',
    items: [
      { text: 'Tables', link: '/guide/tables' },
      { text: 'Images', link: '/guide/images' },
      { text: 'Sensors', link: '/guide/sensors' },
      { text: 'A head on embeddings', link: '/guide/embeddings' },
      { text: 'Training as you like it', link: '/guide/training' },
      { text: 'Reading what is inside', link: '/guide/insight' },
      { text: 'Workers', link: '/guide/workers' },
      { text: 'The same bits, and going on', link: '/guide/determinism' },
      { text: 'Keeping models', link: '/guide/storage' },
      { text: 'Models of other tools', link: '/guide/files' },
      { text: 'Charts', link: '/guide/charts' },
      { text: 'Predictions alone', link: '/guide/predicting' },
    ],
  },
  {
    text: 'Look up',
    items: [
      { text: 'What there is', link: '/guide/names' },
      { text: 'Coming from elsewhere', link: '/guide/coming-from' },
      { text: 'Where it runs', link: '/guide/where-it-runs' },
      { text: 'The page, beside others', link: '/guide/page' },
      { text: 'Examples', link: '/examples' },
      { text: 'Changes', link: '/changes' },
    ],
  },
];

const MATHEMATICS = [
  {
    text: 'Mathematics',
    items: [
      { text: 'Backpropagation', link: '/mathematics/' },
      { text: 'Losses and outputs', link: '/mathematics/outputs' },
      { text: 'Steps and their size', link: '/mathematics/steps' },
      { text: 'Five documents', link: '/mathematics/documents' },
    ],
  },
];

const MEASURED = [
  {
    text: 'Measured',
    items: [
      { text: 'Speed', link: '/results/speed' },
      { text: 'What was tried', link: '/results/notes' },
      { text: 'Sizes', link: '/results/sizes' },
      { text: 'Engines and bundlers', link: '/results/engines' },
      { text: 'Under fire', link: '/results/fire' },
      { text: 'How it is known to be right', link: '/results/right' },
    ],
  },
];

/** A sidebar for each entry, with the names of that entry alone, because a list of all would weigh more than a page. */
function referenceSidebars() {
  const entries = JSON.parse(readFileSync(at('build/docs-source/reference/sidebar.json'), 'utf8'));
  const links = entries.map(({ name }) => ({ text: name, link: `/reference/${name}/` }));
  const all = { text: 'Entries', items: links };
  const sidebars = entries.map(({ name, pages }) => [`/reference/${name}/`, [all, { text: name, items: pages }]]);
  return Object.fromEntries([...sidebars, ['/reference/', [all]]]);
}

/** Of KaTeX's fonts the one format that every browser with WebAssembly knows: the others would be half of the site. */
const oneFormat = {
  name: 'one-format',
  enforce: 'pre',
  transform: (code, id) =>
    id.includes('katex.min.css') ? code.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)/g, '') : undefined,
};

export default defineConfig({
  title: 'mlp-wasm',
  description,
  lang: 'en',
  base,
  srcDir: at('build/docs-source'),
  outDir: at('build/docs'),
  cacheDir: at('build/docs-cache'),
  cleanUrls: false,
  metaChunk: true,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }]],
  markdown: {
    config: (md) => md.use(math),
    theme: { light: 'github-light', dark: 'github-dark' },
    anchor: { level: [1, 2, 3, 4, 5] },
  },
  vite: {
    plugins: [oneFormat],
    publicDir: at('build/docs-source/public'),
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 4000 },
    logLevel: 'warn',
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Guides', link: '/guide/tables', activeMatch: '^/(guide|examples|changes)' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
      { text: 'Mathematics', link: '/mathematics/', activeMatch: '^/mathematics/' },
      { text: 'Measured', link: '/results/speed', activeMatch: '^/results/' },
      // A page of its own, to which the browser goes, and not VitePress' router.
      ...(process.env.DOCS_SITE ? [{ text: 'Try it', link: '/page/', target: '_self' }] : []),
    ],
    sidebar: {
      '/mathematics/': MATHEMATICS,
      '/results/': MEASURED,
      ...referenceSidebars(),
      '/': GUIDES,
    },
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    externalLinkIcon: false,
    socialLinks: [{ icon: 'github', link: source }],
    footer: { message: 'MIT licence. Nothing on this site is loaded from elsewhere.' },
  },
});
