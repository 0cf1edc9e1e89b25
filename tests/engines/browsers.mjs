/**
 * How browsers are started with a page. Nothing drives them: the page itself sends what came of it, so that any browser
 * which opens an address given to it will do, and no driver has to fit its version.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NotAvailable } from './not-available.mjs';

/** `find` gives the command; `start`, what to call it with; `debian`, the packages that bring it. */
export const BROWSERS = {
  chromium: {
    title: 'Chromium',
    find: () => process.env.CHROMIUM_PATH || onPath('chromium', 'chromium-browser', 'google-chrome'),
    debian: 'chromium',
    start: (url, profile) => ({
      args: [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--enable-logging=stderr',
        `--user-data-dir=${profile}`,
        url,
      ],
    }),
  },
  firefox: {
    title: 'Firefox',
    find: () => process.env.FIREFOX_PATH || onPath('firefox-esr', 'firefox'),
    debian: 'firefox-esr',
    async start(url, profile) {
      const preferences = {
        'browser.aboutwelcome.enabled': false,
        'browser.shell.checkDefaultBrowser': false,
        'datareporting.policy.dataSubmissionEnabled': false,
        'termsofuse.bypassNotification': true,
        'toolkit.telemetry.enabled': false,
      };
      const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});`);
      await writeFile(path.join(profile, 'user.js'), lines.join('\n'));
      return { args: ['--headless', '--no-remote', '--profile', profile, url] };
    },
  },
  webkit: {
    title: 'WebKitGTK',
    // Its small browser, which its driver starts too.
    find: () => process.env.WEBKIT_PATH || miniBrowser(),
    debian: 'webkit2gtk-driver xvfb xauth',
    wantsDisplay: true,
    start(url, profile) {
      // Threads are behind a switch of the engine.
      const env = { JSC_useSharedArrayBuffer: '1', XDG_DATA_HOME: profile, XDG_CACHE_HOME: profile };
      return { args: ['--private', url], env };
    },
  },
};

/** @returns the command that shows this page, with an empty profile. */
export async function openPage(name, url, profile) {
  const found = find(name);
  await rm(profile, { recursive: true, force: true });
  await mkdir(profile, { recursive: true });
  const { args, env } = await BROWSERS[name].start(url, profile);
  return { command: found[0], args: [...found.slice(1), ...args], env };
}

/** @returns the words of the command, with what gives it a display where it wants one. */
function find(name) {
  const { find, debian, wantsDisplay } = BROWSERS[name];
  const found = find();
  if (!found) throw new NotAvailable(`no ${name} on this machine`, `apt-get install ${debian}`);
  if (!wantsDisplay || process.env.DISPLAY) return [found];
  const wrapper = onPath('xvfb-run');
  if (!wrapper) throw new NotAvailable(`no display for ${name} on this machine`, `apt-get install ${debian}`);
  return [wrapper, '--auto-servernum', found];
}

export function browserVersion(name) {
  const [command, ...args] = find(name);
  const text = execFileSync(command, [...args, '--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return /\d+(\.\d+)+/.exec(text)?.[0] ?? text.trim();
}

function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
}

/** Debian's is in a folder of its architecture and of its version. */
function miniBrowser() {
  const list = (folder) => (existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : []);
  const folders = [...list('/usr/lib'), ...list('/usr/libexec')];
  const all = [...folders, ...folders.flatMap((folder) => (/-linux-gnu/.test(folder) ? list(folder) : []))];
  const files = all
    .filter((folder) => folder.includes('webkit2gtk-'))
    .map((folder) => path.join(folder, 'MiniBrowser'));
  return files.findLast((file) => existsSync(file));
}
