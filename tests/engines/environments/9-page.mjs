/** The demo page in every browser: it is loaded, drawn on, trained, reloaded, and each of its views is worked. */
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BROWSERS, browserVersion } from '../browsers.mjs';
import { NotAvailable } from '../not-available.mjs';

const BUILT = fileURLToPath(new URL('../../../build/page', import.meta.url));
const AROUND = `<!doctype html><title>Around the page</title><link rel="icon" href="data:," />
<iframe width="1280" height="900" allow="clipboard-write" style="border: 0"></iframe>
<script type="module" src="./programs/demo/drive.mjs"></script>`;
/** Twenty steps or so, on a machine that may be slow. */
const PATIENCE_MS = 600_000;

export default Object.keys(BROWSERS).map((browser) => ({
  name: `page-${browser}`,
  title: `${BROWSERS[browser].title}, the demo page`,
  setting: 'for threads the two headers, or a second visit',
  files: { 'index.html': AROUND },
  async run(place) {
    const version = browserVersion(browser);
    if (!existsSync(path.join(BUILT, 'index.html')))
      throw new NotAvailable('the demo page is not built', 'npm run build');
    const page = path.join(place.app, 'page');
    await cp(BUILT, page, { recursive: true });
    // Its first script is one that hears of errors, also of those while it loads.
    const index = path.join(page, 'index.html');
    const html = await readFile(index, 'utf8');
    await writeFile(index, html.replace('<meta name="viewport"', '<script src="./hear.js"></script>$&'));
    await cp(path.join(place.app, 'programs/demo/hear.js'), path.join(page, 'hear.js'));
    const url = `${await place.serve('.')}/`;
    const { done, faults, threads } = await place.visit(url, { browser, patienceMs: PATIENCE_MS });
    if (faults.length > 0) throw new Error(faults.join('; '));
    return { version, said: `${done.join(', ')}; ${threads} ${threads === 1 ? 'thread' : 'threads'}` };
  },
}));
