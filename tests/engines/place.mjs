/** A folder of its own for an environment: with what it installs there, what it runs there, and what it serves. */
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPage } from './browsers.mjs';
import { NotAvailable } from './not-available.mjs';

const PROGRAMS = fileURLToPath(new URL('programs', import.meta.url));

/** How long one command may take, and one page, in milliseconds. */
const COMMAND_MS = 300_000;
const PAGE_MS = 60_000;

/** Headers that let a page share memory between threads. */
export const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/** Headers that let pages of other origins load files. */
export const ELSEWHERE = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
export const CDN_SETTING = 'CORS headers of the other origin; for threads the two headers';

export class Place {
  /** Functions that stop servers and processes in the end. */
  #stops = [];

  /**
   * @param folder of the environment
   * @param tarball of the package
   * @param inWorkspace whether the app lies in `packages/app` of a workspace, above which the packages are installed
   */
  constructor(folder, tarball, inWorkspace = false) {
    this.folder = folder;
    this.tarball = tarball;
    this.app = inWorkspace ? path.join(folder, 'packages/app') : folder;
  }

  /** Makes the app: its package.json, the programs, `files`, and all packages. */
  async prepare(packages, files, manifest = {}) {
    const isApart = this.app !== this.folder;
    await mkdir(this.app, { recursive: true });
    await cp(PROGRAMS, path.join(this.app, 'programs'), { recursive: true });
    if (isApart) await this.write({ '../../package.json': json({ private: true, workspaces: ['packages/*'] }) });
    await this.write({
      'package.json': json({
        name: 'app',
        version: '1.0.0',
        private: true,
        type: 'module',
        dependencies: { 'mlp-wasm': `file:${this.tarball}`, ...packages },
        ...manifest,
      }),
      ...files,
    });
    try {
      await this.run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: this.folder });
    } catch (error) {
      const reason = /\b(E404|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ETARGET|ENOTCACHED|EBADPLATFORM)\b/.exec(
        error.message,
      );
      if (!reason) throw error;
      throw new NotAvailable(
        `npm could not fetch ${Object.keys(packages).join(', ')} (${reason[1]})`,
        'npm needs its registry, and the packages a build for this system',
      );
    }
  }

  /** Writes files of the app. */
  async write(files) {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.app, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** The text of a file of the app. */
  read(name) {
    return readFile(path.join(this.app, name), 'utf8');
  }

  /** A file of a package that is installed. */
  module(name) {
    return path.join(this.folder, 'node_modules', name);
  }

  /** The command of that name that a package brings. */
  bin(name) {
    return this.module(`.bin/${name}`);
  }

  async version(name) {
    return JSON.parse(await readFile(this.module(`${name}/package.json`), 'utf8')).version;
  }

  /** Copies these files of the package, which a bundler left where they were, beside the bundle. */
  async copyFiles(files, to) {
    for (const file of files) await cp(this.module(`mlp-wasm/dist/${file}`), path.join(this.app, to, file));
  }

  /** Runs a command to its end. @returns its output. @throws with its output where it fails. */
  async run(command, args, { cwd = this.app, env } = {}) {
    const child = this.#spawn(command, args, cwd, env);
    const code = await within(COMMAND_MS, child.ended, () => `${command} is not done`);
    if (code !== 0) throw new Error(`${path.basename(command)} ${args.join(' ')} failed:\n${tail(child.said())}`);
    return child.output();
  }

  /** The outcome of the programs, from the last line that a command prints. */
  async runPrograms(command, args, options) {
    const lines = (await this.run(command, args, options)).trim().split('\n');
    return JSON.parse(lines.at(-1));
  }

  /** Starts a command that stays; waits until `pattern`, where there is one, is in what it prints. @returns the match. */
  async start(command, args, pattern, { env } = {}) {
    const child = this.#spawn(command, args, this.app, env);
    if (!pattern) return undefined;
    const found = child.until((text) => pattern.exec(text));
    const what = () => `${path.basename(command)} has not said ${pattern}:\n${tail(child.said())}`;
    const match = await within(PAGE_MS, Promise.race([found, child.ended.then(() => undefined)]), what);
    if (!match) throw new Error(`${path.basename(command)} ended early:\n${tail(child.said())}`);
    return match;
  }

  #spawn(command, args, cwd, env) {
    // A group of its own, so that what it starts is stopped with it.
    const child = spawn(command, args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, CI: '1', ...env },
    });
    let [output, said] = ['', ''];
    let [look, see] = [() => null, () => {}];
    const hear = (isOutput) => (chunk) => {
      said += chunk;
      if (isOutput) output += chunk;
      const found = look(said);
      if (found) see(found);
    };
    child.stdout.setEncoding('utf8').on('data', hear(true));
    child.stderr.setEncoding('utf8').on('data', hear(false));
    const ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code));
    });
    ended.catch(() => {});
    this.#stops.push(async () => {
      if (child.pid === undefined || child.exitCode !== null) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        return; // ended meanwhile
      }
      await ended;
    });
    const until = (test) => {
      look = test;
      return new Promise((resolve) => (see = resolve));
    };
    return { ended, until, output: () => output, said: () => said };
  }

  /** Serves a folder of the app with `headers`. @returns its address, without a slash at its end. */
  async serve(folder, headers = ISOLATION) {
    const root = path.join(this.app, folder);
    return this.#listen(async ({ url }, response) => {
      const { pathname } = new URL(url, 'http://host');
      const file = path.join(root, path.normalize(decodeURIComponent(pathname.replace(/\/$/, '/index.html'))));
      const body = await readFile(file).catch(() => undefined);
      const type = MEDIA_TYPES[path.extname(file)] ?? 'application/octet-stream';
      response.writeHead(body ? 200 : 404, { 'content-type': type, ...headers }).end(body);
    });
  }

  /** Opens a page that sends its outcome, as `programs/page.mjs` does, in a browser. @returns that outcome. */
  async visit(url, { settings = {}, browser = 'chromium', patienceMs = PAGE_MS } = {}) {
    let arrived;
    const report = new Promise((resolve) => (arrived = resolve));
    const address = await this.#listen(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response
        .writeHead(200, { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' })
        .end();
      if (body) arrived(JSON.parse(body));
    });
    const page = new URL(url);
    page.searchParams.set('report', address);
    page.searchParams.set('settings', JSON.stringify(settings));
    const { command, args, env } = await openPage(browser, page.href, path.join(this.folder, `profile-${browser}`));
    const child = this.#spawn(command, args, this.folder, env);
    const ended = child.ended.then(() => undefined);
    const what = () => `${url} in ${browser} has sent nothing:\n${tail(child.said())}`;
    const outcome = await within(patienceMs, Promise.race([report, ended]), what);
    if (!outcome) throw new Error(`${browser} ended early:\n${tail(child.said())}`);
    return outcome;
  }

  /** The text that a server answers with, once it listens. */
  async get(url) {
    const signal = AbortSignal.timeout(PAGE_MS);
    const fetched = async () => {
      for (;;) {
        try {
          return await fetch(url, { signal });
        } catch (error) {
          if (error.cause?.code !== 'ECONNREFUSED') throw error;
          if (signal.aborted) throw new Error(`after ${PAGE_MS / 1000} s, nothing listens at ${url}`);
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    };
    const response = await fetched();
    const text = await response.text();
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${tail(text)}`);
    return text;
  }

  async #listen(answer) {
    const server = createServer((request, response) => void answer(request, response));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#stops.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${server.address().port}`;
  }

  /** A port that nothing listens at. */
  async freePort() {
    const server = createServer();
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  /** Ends whatever was started. */
  async close() {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }
}

const MEDIA_TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

const json = (value) => JSON.stringify(value, null, 2);

/** The end of a long output, which says why it failed. */
const tail = (text) => text.trim().split('\n').slice(-25).join('\n');

async function within(milliseconds, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`after ${milliseconds / 1000} s, ${what()}`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
