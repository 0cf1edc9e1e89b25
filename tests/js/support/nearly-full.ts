/** Calls with little left of the 4 GB. In the bundle of internals.ts, because functions cross to threads as text. */
import { mlp } from '../../../web/src/wasm/module.js';

export interface Gaps {
  /** The memory that is left at most, in bytes. */
  most: number;
  /** The memory that is left at first, in bytes. */
  least: number;
  /** Ratio of a gap to the one before. */
  factor: number;
}

export interface Outcomes {
  /** Calls that ended with a RangeError on memory. */
  refused: number;
  done: number;
  /** Sentences on calls that ended otherwise, or after which `isIntact` was false. */
  wrong: string[];
}

/**
 * Takes all of the 4 GB but for one gap, and calls `once` with ever larger gaps. Blocks that fill the memory are never
 * touched, so that the machine need not have it, and given back in the end.
 *
 * @param isIntact asked after each call, with the largest gap
 */
export async function callWithGaps(
  { most, least, factor }: Gaps,
  once: () => unknown,
  isIntact: () => boolean = () => true,
): Promise<Outcomes> {
  const { _malloc: take, _free: give } = mlp();
  const last = take(most);
  const filling: number[] = [];
  for (let bytes = 2 ** 30; bytes >= 16; bytes /= 2)
    for (let block = take(bytes); block; block = take(bytes)) filling.push(block);
  give(last);
  const outcomes: Outcomes = { refused: 0, done: 0, wrong: [] };
  for (let gap = least; gap < most; gap *= factor) {
    const left = `with ${Math.floor(gap)} bytes left`;
    const ballast = take(most - 64 - Math.floor(gap)); // 64: the headers of two blocks
    try {
      await once();
      ++outcomes.done;
    } catch (error) {
      if (error instanceof RangeError && error.message.startsWith('out of memory')) ++outcomes.refused;
      else outcomes.wrong.push(`${(error as Error).message} ${left}`);
    } finally {
      give(ballast);
    }
    if (!isIntact()) outcomes.wrong.push(`the call did harm ${left}`);
  }
  for (const block of filling) give(block);
  return outcomes;
}
