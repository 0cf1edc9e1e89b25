import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** tests/bench */
export const BENCH = path.dirname(fileURLToPath(import.meta.url));
/** The project. */
export const ROOT = path.resolve(BENCH, '../..');
/** The built package. */
export const DIST = path.join(ROOT, 'dist');
/** Products of the benchmark: data, bundles, the native program. */
export const BUILD = path.join(ROOT, 'build/bench');
