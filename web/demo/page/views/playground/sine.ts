/** Sine and cosine with the same bits in every browser, which `Math.sin` does not promise: a link must give the same run. */

/** 1/3!, 1/5!, … with alternating signs: enough for |x| ≤ π in double precision. */
const SERIES = Array.from({ length: 14 }, (_, i) => {
  let factorial = 1;
  for (let k = 2; k <= 2 * i + 3; k++) factorial *= k;
  return (i % 2 === 0 ? -1 : 1) / factorial;
});

/** sin x, good to about 1e-15, for |x| up to some hundreds. */
export function sine(x: number): number {
  const inside = x - 2 * Math.PI * Math.round(x / (2 * Math.PI));
  const square = inside * inside;
  let sum = 0;
  for (let i = SERIES.length - 1; i >= 0; i--) sum = (sum + SERIES[i]!) * square;
  return inside + inside * sum;
}

export function cosine(x: number): number {
  return sine(x + Math.PI / 2);
}
