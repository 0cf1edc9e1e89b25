/**
 * The property that every reader has: whatever bytes it is given, it returns, or throws an error that says what is wrong;
 * soon, and without taking much more memory than the bytes do.
 */
import { Worker } from 'node:worker_threads';
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { init, mlp } from 'mlp-wasm/internals';
import type { Bytes, Mutation } from './bytes.js';
import { Draws } from './draws.js';
import { READERS, type Reader } from './readers.js';

/** CPU time that a call may take at most, in ms, of all threads of the process. */
const MOST_MS = 2000;

/** Bytes that a call may take for each byte that it is given … */
const MOST_TIMES = 4;

/** … and beside them, whatever it is given: blocks of a stream, a model's own. */
export const MOST_BESIDE = 2 ** 18;

/** A message is read by a person. */
const LONGEST_MESSAGE = 4000;

/** Errors that the language throws where a program errs. No message of the package reads so. */
export const SLIP =
  /is not a function|is not iterable|not defined|Cannot (?:read|set|convert|mix)|call stack|Invalid (?:typed )?array|Invalid string length|Array buffer allocation|out of bounds|memory access|unreachable/;

export interface Fuzzed {
  /** Inputs that were read, and those that were refused. */
  read: number;
  refused: number;
  /** CPU time in ms, of all and of the worst. */
  cpu: number;
  worstCpu: number;
  /** Most bytes that a call took for each byte given, of those beyond MOST_BESIDE. */
  worstTimes: number;
  /** Sentences: the shortest input that shows the fault, and how to have it again. */
  faults: string[];
}

/** One input: a file of the reader's and what is done to it, or any bytes. */
const inputs = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.record({
      base: fc.nat(1000),
      steps: fc.array(
        fc.record({ kind: fc.nat(1000), numbers: fc.array(fc.nat(2 ** 31 - 1), { minLength: 3, maxLength: 6 }) }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      options: fc.array(fc.nat(1000), { minLength: 2, maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      free: fc.uint8Array({ maxLength: 100 }),
      options: fc.array(fc.nat(1000), { minLength: 2, maxLength: 2 }),
    }),
  },
);
type Input = typeof inputs extends fc.Arbitrary<infer Value> ? Value : never;

function fileOf(input: Input, files: readonly Bytes[], mutations: readonly Mutation[]): Bytes {
  if ('free' in input) return new Uint8Array(input.free);
  let file = files[input.base % files.length]!;
  for (const { kind, numbers } of input.steps) {
    file = mutations[kind % mutations.length]!(file, new Draws(numbers), files);
  }
  return file;
}

/** The fault of an error, undefined where it is one that a caller can read. */
export function faultOf(name: string, error: unknown): string | undefined {
  if (!(error instanceof Error)) return `it threw ${String(error)}, which is no error`;
  const text = `${error.name}: ${error.message}`;
  if (![TypeError, RangeError, Error].some((kind) => Object.getPrototypeOf(error) === kind.prototype)) {
    return `it threw a ${text}`;
  }
  if (/^out of memory: expected room for/.test(error.message)) return undefined;
  if (!new RegExp(`^${name}(?:: | )`).test(error.message)) return `its error does not begin with its name: ${text}`;
  if (SLIP.test(error.message)) return `its error is a slip of its own: ${text}`;
  if (error.message.length > LONGEST_MESSAGE) return `its error has ${error.message.length} characters`;
  return undefined;
}

v8.setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of all array buffers, and of the module's memory, which grows only. */
function bytesTaken(): number {
  return v8.getHeapStatistics().external_memory + mlp().HEAPU8.length;
}

/** Reads `count` inputs; the same seed gives the same ones. */
export async function fuzz(name: string, seed: number, count: number): Promise<Fuzzed> {
  const reader = READERS.find((reader) => reader.name === name);
  if (!reader) throw new RangeError(`no reader is named ${name}`);
  await init();
  const files = await reader.files();
  const result: Fuzzed = { read: 0, refused: 0, cpu: 0, worstCpu: 0, worstTimes: 0, faults: [] };
  const watch = new Watch(name, seed);
  try {
    const property = fc.asyncProperty(inputs, async (input) => {
      const file = fileOf(input, files, reader.mutations);
      watch.next();
      await attempt(reader, file, input.options, result);
    });
    const details = await fc.check(property, { seed, numRuns: count, endOnFailure: false });
    if (details.failed) {
      const [input] = details.counterexample!;
      const file = Buffer.from(fileOf(input, files, reader.mutations));
      const shown = file.length <= 3000 ? file.toString('latin1') : `${file.length} bytes`;
      const error = details.errorInstance as Error;
      result.faults.push(
        `${error.message}; seed ${seed}, path ${details.counterexamplePath}, after ${details.numShrinks} shrinks: ` +
          `${JSON.stringify(input)}: ${JSON.stringify(shown)}`,
      );
    }
  } finally {
    watch.end();
  }
  return result;
}

/** Reads one file. @throws {Error} for a fault. */
async function attempt(reader: Reader, file: Bytes, options: readonly number[], result: Fuzzed): Promise<void> {
  const read = await measured(reader, file, options);
  if (read.isRefusal) ++result.refused;
  else ++result.read;
  let { fault, bytes } = read;
  const { ms } = read;
  let size = file.length;
  if (bytes > MOST_TIMES * size && reader.unpacked) size = await reader.unpacked(file);
  // The figure holds garbage too, and the work that the process does beside the call: a doubtful one is looked at closely.
  if (bytes > MOST_TIMES * size) bytes = Math.min(bytes, await mostAlive(reader, file, options));
  result.cpu += ms;
  result.worstCpu = Math.max(result.worstCpu, ms);
  result.worstTimes = Math.max(result.worstTimes, bytes / Math.max(1, size));
  if (ms > MOST_MS) fault ??= `it took ${ms.toFixed(0)} ms`;
  if (bytes > MOST_TIMES * size) fault ??= `it took ${bytes + MOST_BESIDE} bytes of memory for ${size} bytes`;
  if (fault) throw new Error(`${reader.name}: ${fault}`);
}

/** The most bytes alive at a time in a call, beyond {@link MOST_BESIDE}; of one that gives no turn, all that it took. */
async function mostAlive(reader: Reader, file: Bytes, options: readonly number[]): Promise<number> {
  collect();
  const before = bytesTaken();
  let most = 0;
  let isOver = false;
  const call = (async () => reader.read(file, new Draws(options)))();
  const look = () => (most = Math.max(most, bytesTaken() - before));
  look();
  const given = call.then(Number, () => 0).finally(() => (isOver = true));
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    look();
  }
  return most - (Number(await given) || 0) - MOST_BESIDE;
}

/** One call: whether it refused the file, its CPU time, and the bytes that it took beyond {@link MOST_BESIDE}. */
async function measured(reader: Reader, file: Bytes, options: readonly number[]) {
  const bytesBefore = bytesTaken();
  const began = process.cpuUsage();
  let [given, isRefusal] = [0, false];
  let fault: string | undefined;
  try {
    given = Number((await reader.read(file, new Draws(options))) ?? 0);
  } catch (error) {
    isRefusal = true;
    fault = faultOf(reader.name.replace(/-.*/, ''), error);
  }
  const { user, system } = process.cpuUsage(began);
  // Less than nothing if garbage was collected meanwhile.
  return { isRefusal, fault, ms: (user + system) / 1000, bytes: bytesTaken() - bytesBefore - given - MOST_BESIDE };
}

/**
 * Ends the process where a call does not end: a thread beside it, because the call's own never looks up. CPU time is
 * looked at, not the clock, because the machine may be busy with other work.
 */
class Watch {
  readonly #calls = new Int32Array(new SharedArrayBuffer(4));
  readonly #thread: Worker;

  constructor(name: string, seed: number) {
    const source = `
      const { workerData: { calls, name, seed, most } } = require('node:worker_threads');
      const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
      let [call, since] = [-1, 0];
      setInterval(() => {
        if (calls[0] !== call) [call, since] = [calls[0], used()];
        else if (used() - since > most) {
          require('node:fs').writeSync(2, name + ': input ' + call + ' of seed ' + seed + ' does not end\\n');
          process.kill(process.pid, 'SIGKILL');
        }
      }, 200);
    `;
    this.#thread = new Worker(source, {
      eval: true,
      workerData: { calls: this.#calls, name, seed, most: 10 * MOST_MS },
    });
    this.#thread.unref();
  }

  next(): void {
    Atomics.add(this.#calls, 0, 1);
  }

  end(): void {
    void this.#thread.terminate();
  }
}
