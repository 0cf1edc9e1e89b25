/**
 * Functions whose bits are the same in every engine, which `Math.pow` and `Math.cos` do not promise. Good to a few
 * units in the last place where results are of the size of learning rates.
 */

/** ln 2 = LN2_HIGH + LN2_LOW; LN2_HIGH ends in zeros, so that small multiples of it are exact. */
const LN2_HIGH = 0.69314718036912381649;

const LN2_LOW = 1.90821492927058770002e-10;

/** base^exponent for base ≥ 0: by squaring where the exponent is whole, else e^(exponent·ln base). */
export function power(base: number, exponent: number): number {
  if (base === 0) return exponent === 0 ? 1 : 0;
  if (Number.isInteger(exponent) && exponent >= 0) {
    let result = 1;
    for (; exponent > 0; exponent = Math.floor(exponent / 2), base *= base) {
      if (exponent % 2 === 1) result *= base;
    }
    return result;
  }
  return exp(exponent * log(base));
}

/** ln(1 + x) for x > −1, which keeps the digits of an x near 0. */
export function log1p(x: number): number {
  return Math.abs(x) > 0.25 ? log(1 + x) : artanhTwice(x / (2 + x));
}

/** e^x − 1, which keeps the digits of an x near 0. */
export function expm1(x: number): number {
  if (Math.abs(x) > 0.25) return exp(x) - 1;
  let sum = 1;
  for (let n = 14; n > 1; --n) sum = 1 + (sum * x) / n;
  return x * sum;
}

/** 2·artanh s for |s| < 0.18. */
function artanhTwice(s: number): number {
  let sum = 0;
  for (let n = 23; n > 0; n -= 2) sum = sum * s * s + 1 / n;
  return 2 * s * sum;
}

/** ln m + k·ln 2 for x = m·2^k with m in [√½, √2), ln m = 2·artanh((m − 1)/(m + 1)). */
function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x > 0 ? x : NaN;
  let k = 0;
  for (; x > Math.SQRT2; ++k) x /= 2;
  for (; x < Math.SQRT1_2; --k) x *= 2;
  return k * LN2_HIGH + (artanhTwice((x - 1) / (x + 1)) + k * LN2_LOW);
}

/** 2^k·e^r with |r| ≤ ½ ln 2, e^r by its series. */
function exp(x: number): number {
  if (x < -745) return 0;
  if (x > 709) return Infinity;
  const k = Math.round(x / Math.LN2);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = 1;
  for (let n = 14; n > 0; --n) sum = 1 + (sum * r) / n;
  for (let i = 0; i < k; ++i) sum *= 2;
  for (let i = 0; i > k; --i) sum /= 2;
  return sum;
}

/** cos πx for x in [0, 1], by the series of sine or cosine, whichever needs no number above π/4. */
export function cosOfPi(x: number): number {
  if (x > 0.5) return -cosOfPi(1 - x);
  const angle = Math.PI * (x > 0.25 ? 0.5 - x : x);
  const first = x > 0.25 ? 3 : 2;
  let sum = 1;
  for (let n = first + 16; n >= first; n -= 2) sum = 1 - (sum * angle * angle) / (n * (n - 1));
  return x > 0.25 ? angle * sum : sum;
}
