/** The page of fixtures/library, which loads the package without a bundler, and what tests may ask of it. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InitOptions } from 'mlp-wasm';
import type * as digits from 'mlp-wasm/digits';
import type { connect, transfer } from 'mlp-wasm/worker';
import { fingerprint } from '../js/fingerprint.js';
import { relay } from '../js/relay.js';
import { deviations } from '../js/relaxed.js';
import { shareWork } from '../js/shared-work.js';

/** What the page can run, in itself or in a worker. */
const WORKS = { fingerprint, deviations, shareWork, relay };
type Works = typeof WORKS;

/** Runs one of them with these options. */
type Run = <Name extends keyof Works>(
  name: Name,
  options: Parameters<Works[Name]>[1],
) => ReturnType<Works[Name]>;

/** What fixtures/library/main.js offers as the page's `library`. */
export interface Library {
  connect: typeof connect;
  transfer: typeof transfer;
  digits: typeof digits;
  program(): Promise<{
    names: string[];
    loss: number;
    accuracy: number;
    predictions: number;
    same: boolean;
    frames: number;
  }>;
  initError(options?: InitOptions): Promise<string>;
  inPage: Run;
  inWorker: Run;
  endedInTheMiddle: Run;
  canEval(): Promise<boolean>;
}

/** A folder with the page and the package. */
export async function makeLibrary(): Promise<{ folder: string; remove(): Promise<void> }> {
  const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const folder = await mkdtemp(join(tmpdir(), 'mlp-wasm-library-'));
  await cp(at('fixtures/library'), folder, { recursive: true });
  await cp(at('../../dist'), join(folder, 'package'), { recursive: true });
  const works = Object.values(WORKS).map((work) => `export ${work.toString()}`);
  await writeFile(join(folder, 'works.js'), works.join('\n'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A strict policy for it, which allows workers from `workers`. */
export async function policyFor(folder: string, workers = "'self'"): Promise<string> {
  const html = await readFile(join(folder, 'index.html'), 'utf8');
  const map = /<script type="importmap">(.*?)<\/script>/s.exec(html)![1]!;
  const hash = createHash('sha256').update(map).digest('base64');
  return `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}'; connect-src 'self'; worker-src ${workers}; img-src data:`;
}
