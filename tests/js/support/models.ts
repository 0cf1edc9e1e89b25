/**
 * Models that other people's tools wrote, for tests alone; the project does not hold them. They are looked for in the
 * folder that the environment names as MODELS_DIR, then in `../shared/models`; SOURCES.md there tells what each is.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(new URL('../../../../shared/models', import.meta.url));

/** The folder; undefined where there is none. */
export const MODELS = [process.env['MODELS_DIR'], beside].find((path) => path && existsSync(path));

/** The files of a model by name: of a folder all, of a file that one and those `beside` it. */
export function modelFiles(name: string, ...besides: string[]): Record<string, Uint8Array> {
  const path = join(MODELS!, name);
  const paths = statSync(path).isDirectory() ? readdirSync(path).map((file) => join(path, file)) : [path];
  for (const file of besides) paths.push(join(MODELS!, file));
  return Object.fromEntries(
    paths.map((file) => [file.slice(file.lastIndexOf('/') + 1), new Uint8Array(readFileSync(file))]),
  );
}

/** Inputs and outputs of a model, by an independent evaluation. */
export interface Expected {
  inputs: number[][];
  outputs: number[][];
  method: string;
  /** Given for files that hold none. */
  assumed_activations?: string[];
}

export function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(join(MODELS!, `${name}.expected.json`), 'utf8')) as Expected;
}

/** Largest difference from the expected outputs, relative to the largest number of their row, at least 1. */
export function worstError(predict: (x: Float32Array) => Float32Array, { inputs, outputs }: Expected): number {
  let worst = 0;
  inputs.forEach((x, i) => {
    const expected = outputs[i]!.flat();
    const scale = Math.max(1, ...expected.map(Math.abs));
    const got = predict(Float32Array.from(x.flat()));
    if (got.length !== expected.length) worst = Infinity;
    got.forEach((value, j) => (worst = Math.max(worst, Math.abs(value - expected[j]!) / scale)));
  });
  return worst;
}
