// `npm run screenshots`: a picture of every view of the page, light and dark, 360, 768 and 1440 pixels wide, to be
// looked at, in build/screenshots. It takes the page that `npm start` or `npm run build` has made.
//
//   npm run screenshots -- --view share     one view
//   npm run screenshots -- --language de    in German
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { preview } from 'vite';
import { fail, ROOT } from './run.mjs';
import { chromiumPath } from './setup.mjs';

const { view: wanted, language } = parseArgs({
  options: { view: { type: 'string' }, language: { type: 'string', default: 'en' } },
}).values;
const FOLDER = path.join(ROOT, 'build/screenshots');
const THEMES = ['light', 'dark'];
const WIDTHS = [360, 768, 1440];
const HEIGHT = 900;
/** Time in which a view loads, reads the drawing and has its pictures painted. */
const SETTLE_MS = 1500;
/** A seven, in shares of the pad's width and height. */
const SEVEN = [
  [0.28, 0.25],
  [0.72, 0.25],
  [0.45, 0.8],
];

if (!existsSync(path.join(ROOT, 'build/page/index.html'))) fail('The page is not built yet: npm run build');
const executablePath = chromiumPath();
if (!executablePath)
  fail('Chromium was not found: install the Debian package chromium-headless-shell or chromium, or set CHROMIUM_PATH.');
mkdirSync(FOLDER, { recursive: true });

const server = await preview({ root: path.join(ROOT, 'web/demo'), preview: { port: 4180 }, logLevel: 'error' });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const colorScheme of THEMES) {
    for (const width of WIDTHS) {
      const page = await browser.newPage({
        colorScheme,
        viewport: { width, height: HEIGHT },
        locale: language,
        serviceWorkers: 'block',
      });
      await page.goto(server.resolvedUrls.local[0]);
      await page
        .locator('#status')
        .filter({ hasText: /ready|bereit/ })
        .waitFor();
      await draw(page);
      const tabs = await page.locator('#views [role=tab]').evaluateAll((all) => all.map(({ id }) => id.slice(4)));
      for (const view of tabs.filter((view) => !wanted || view === wanted)) {
        await page.click(`#tab-${view}`);
        await page.waitForTimeout(SETTLE_MS);
        const file = path.join(FOLDER, `${view}-${width}-${colorScheme}.png`);
        await page.screenshot({ path: file, fullPage: true });
        console.log(path.relative(ROOT, file));
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}

async function draw(page) {
  const pad = page.locator('#draw');
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await pad.boundingBox();
  const at = ([right, down]) => [x + right * width, y + down * height];
  await page.mouse.move(...at(SEVEN[0]));
  await page.mouse.down();
  for (const point of SEVEN.slice(1)) await page.mouse.move(...at(point), { steps: 12 });
  await page.mouse.up();
}
