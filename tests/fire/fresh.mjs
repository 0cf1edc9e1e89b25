// A process that goes on with trainings of others: see Fresh in processes.mjs. Every one gets an instance of the package
// of its own, with a memory of its own, because a module with another query is another module.
import { readFile } from 'node:fs/promises';
import { drawTraining, leg } from './trainings.mjs';

const PACKAGE = new URL('../../dist/index.js', import.meta.url);

let instances = 0;

/** Compiled once for all instances of a process: each has its own memory, which is what a training could hide in. */
let compiled;
const compileOnce = () =>
  (compiled ??= readFile(new URL('mlp.wasm', PACKAGE)).then((bytes) => WebAssembly.compile(bytes)));

const isPlain = ({ simd, threads }) => simd === undefined && threads === undefined;

process.on('message', ({ id, seed, bytes, stop, init }) => {
  void (async () => {
    try {
      const library = await import(`${PACKAGE}?instance=${++instances}`);
      await library.init(isPlain(init) ? { ...init, wasmBinary: await compileOnce() } : init);
      const result = await leg(library, drawTraining(seed), { bytes, stop });
      const { bytes: after, log, history, moments, isStopped } = result;
      process.send({ id, result: { bytes: after, log, history, moments, isStopped } });
    } catch (error) {
      process.send({ id, error: error.stack });
    }
  })();
});
