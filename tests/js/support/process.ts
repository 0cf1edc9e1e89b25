/** A fresh Node process for what depends on Node's flags, or on nobody else using its memory. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { DIST, INTERNALS } from './thread.js';

type Package = typeof import('mlp-wasm') & typeof import('mlp-wasm/digits');
type Internals = Pick<typeof import('mlp-wasm/internals'), 'catalogue' | 'mlp'>;

const FLAG = '--experimental-wasm-relaxed-simd';

/** Options that give Node relaxed SIMD: none for newer ones, which have it anyway and refuse the flag. */
export const RELAXED_FLAGS = spawnSync(process.execPath, [FLAG, '--eval', '']).status === 0 ? [FLAG] : [];

/** As `inThread`, in a process with these flags. `data` and the result cross as JSON. */
export async function inProcess<Data, Result>(
  flags: string[],
  run: (mlp: Package, data: Data, internals: Internals) => Result | Promise<Result>,
  data: Data,
): Promise<Result> {
  const source = `
    const [mlp, digits] = await Promise.all(
      ${JSON.stringify([`${INTERNALS}index.js`, `${DIST}digits.js`])}.map((file) => import(file)),
    );
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk;
    const result = await (${run.toString()})({ ...mlp, ...digits }, JSON.parse(text), mlp);
    process.stdout.write(JSON.stringify({ result }));
  `;
  const child = promisify(execFile)(process.execPath, [...flags, '--input-type=module', '--eval', source], {
    maxBuffer: 2 ** 28,
  });
  child.child.stdin!.end(JSON.stringify(data ?? null));
  return (JSON.parse((await child).stdout) as { result: Result }).result;
}
