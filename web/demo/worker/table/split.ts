/** Rows that a model never sees, by which it is judged: drawn at random, of classes the same share of each. */

/** Numbers in [0, 1) from a seed (Vigna 2015, splitmix64's 32-bit kin: "mulberry32"). */
export function draws(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param rows those that have a target
 * @param classOf the class of a row; absent of numbers
 * @param share of the rows to be tested on, in (0, 1)
 * @returns both in the order of the table; at least one row each
 */
export function split(
  rows: readonly number[],
  classOf: ((row: number) => string) | undefined,
  share: number,
  seed: number,
): { train: number[]; test: number[] } {
  const wanted = Math.min(rows.length - 1, Math.max(1, Math.round(share * rows.length)));
  const groups = new Map<string, number[]>();
  for (const row of rows) {
    const label = classOf?.(row) ?? '';
    const group = groups.get(label);
    if (group) group.push(row);
    else groups.set(label, [row]);
  }
  const random = draws(seed);
  // Each row gets a place within its class; those with the least are tested on. A class's first row is learned from.
  const places = [...groups.values()].flatMap((group) => {
    const shuffled = shuffle(group, random);
    return shuffled.map((row, i) => ({
      row,
      place: i === shuffled.length - 1 ? 2 + random() : (i + random()) / shuffled.length,
    }));
  });
  const test = new Set(
    places
      .sort((a, b) => a.place - b.place)
      .slice(0, wanted)
      .map(({ row }) => row),
  );
  return { train: rows.filter((row) => !test.has(row)), test: rows.filter((row) => test.has(row)) };
}

function shuffle(rows: readonly number[], random: () => number): number[] {
  const shuffled = rows.slice();
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return shuffled;
}
