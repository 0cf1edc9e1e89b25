/** Runs the programs without a page, and prints what came of them as the last line. */
import { all } from './all.mjs';

console.log(JSON.stringify(await all()));
