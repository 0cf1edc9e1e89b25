/** Finds the name that somebody meant who misspelt one. */

/** Names of the same things in other libraries. */
const SYNONYMS: Record<string, string> = {
  swish: 'silu',
  mse: 'meanSquaredError',
  mae: 'meanAbsoluteError',
  acc: 'accuracy',
  rmse: 'rootMeanSquaredError',
  f1: 'f1Score',
  r2: 'r2Score',
  bce: 'binaryCrossentropy',
  crossentropy: 'categoricalCrossentropy',
  kld: 'kullbackLeiblerDivergence',
  xaviernormal: 'glorotNormal',
  xavieruniform: 'glorotUniform',
  kaimingnormal: 'heNormal',
  kaiminguniform: 'heUniform',
  momentum: 'sgd',
  lr: 'learningRate',
};

/** No name is nearly as long. The distance takes time as the product of two lengths, and a file may hold any text. */
const LONGEST = 64;

export function closest(value: string, names: readonly string[]): string | undefined {
  if (value.length > LONGEST) return undefined;
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const wanted = plain(value);
  const synonym = SYNONYMS[wanted];
  if (synonym && names.includes(synonym)) return synonym;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(wanted, plain(name));
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Levenshtein 1966. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; ++i) {
    const next = [i];
    for (let j = 1; j <= b.length; ++j) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
