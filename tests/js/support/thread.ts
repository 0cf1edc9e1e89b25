/** A fresh worker thread for what happens once per realm: loading the module, running out of memory. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** The folder of the built package, as a URL that ends in a slash. */
export const DIST = new URL('../../../dist/', import.meta.url).href;

/** The folder of the bundle that shows what the package keeps to itself: see internals.ts. */
export const INTERNALS = new URL('../../../build/internals/', import.meta.url).href;

/** The folder of the built package as a path. */
export const DIST_PATH = fileURLToPath(DIST);

type Package = typeof import('mlp-wasm') & typeof import('mlp-wasm/digits');
/** The part of the package that is not public: the module itself, its memory; and calls with little of it left. */
type Internals = Pick<
  typeof import('mlp-wasm/internals'),
  'callWithGaps' | 'catalogue' | 'mlp' | 'nearTheEnd' | 'ofEverySize'
>;

/**
 * Runs a function in a new thread, where the package is not loaded yet, and ends the thread. The function crosses as
 * text: it sees its arguments and nothing else of the file it stands in, nor what is compiled to more than itself,
 * such as `using`.
 *
 * @param run gets the package with its digits, `data`, and the package's internals
 * @returns what `run` returned
 * @throws {Error} what `run` threw; its name and message cross
 */
export async function inThread<Data, Result>(
  run: (mlp: Package, data: Data, internals: Internals) => Result | Promise<Result>,
  data: Data,
): Promise<Result> {
  const source = `
    const { parentPort, workerData: { dist, internals, data } } = require('node:worker_threads');
    const load = (file) => import(dist + file);
    Promise.all([import(internals + 'index.js'), load('digits.js')])
      .then(([mlp, digits]) => (${run.toString()})({ ...mlp, ...digits }, data, mlp))
      .then((value) => parentPort.postMessage({ value }))
      .catch((error) => parentPort.postMessage({ error: { name: error.name, message: error.message } }));
  `;
  const worker = new Worker(source, { eval: true, workerData: { dist: DIST, internals: INTERNALS, data } });
  try {
    return await new Promise<Result>((resolve, reject) => {
      worker.once('message', ({ value, error }: { value: Result; error?: { name: string; message: string } }) => {
        if (error) reject(Object.assign(new Error(error.message), { name: error.name }));
        else resolve(value);
      });
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code} and no answer`)));
    });
  } finally {
    await worker.terminate();
  }
}
