/**
 * Principal components by subspace iteration (Rutishauser 1969; Halko, Martinsson & Tropp 2011, "Finding Structure with
 * Randomness", §4.5): some random directions are multiplied by the covariance and made orthogonal, again and again, until
 * they span its largest eigenvectors, which Rayleigh's and Ritz's small eigenvalue problem then tells apart. The
 * covariance itself, features × features, is never made: its product with a direction is two passes over the rows.
 */
export interface PrincipalComponents {
  /** Of length 1, orthogonal to each other; the one with most variance first. */
  directions: Float64Array[];
  /** The share of all variance along each. */
  shares: number[];
  /** Of each direction, the coordinate of each row along it. */
  coordinates: Float64Array[];
}

/** Directions that are iterated beside those that are wanted, because each makes the others converge faster. */
const BESIDE = 5;
const ROUNDS_AT_MOST = 200;
/** Change of the variances between two rounds, of the largest, at which it ends. */
const TOLERANCE = 1e-8;

/**
 * @param centred rows × features, what is to be the origin taken off
 * @param wanted components; where there are fewer directions than that, the others are 0
 */
export function principalComponents(centred: Float32Array, features: number, wanted: number): PrincipalComponents {
  const rows = centred.length / features;
  const total = centred.reduce((sum, value) => sum + value * value, 0);
  const draw = uniform();
  let directions: Float64Array[] = Array.from({ length: Math.min(wanted + BESIDE, rows, features) }, () =>
    Float64Array.from({ length: features }, draw),
  );
  orthogonalize(directions);
  let variances: number[] = [];
  let coordinates: Float64Array[] = [];
  for (let round = 0; round < ROUNDS_AT_MOST; round++) {
    const before = variances;
    ({ directions, coordinates, variances } = separated(centred, features, directions));
    const change = variances.slice(0, wanted).reduce((sum, value, i) => sum + Math.abs(value - (before[i] ?? 0)), 0);
    if (change <= TOLERANCE * total) break;
    directions = coordinates.map((weights) => weighted(centred, features, weights));
    orthogonalize(directions);
  }
  const all = Array.from({ length: wanted }, (_, i) => i);
  return {
    directions: all.map((i) => directions[i] ?? new Float64Array(features)),
    shares: all.map((i) => (total > 0 ? (variances[i] ?? 0) / total : 0)),
    coordinates: all.map((i) => coordinates[i] ?? new Float64Array(rows)),
  };
}

/** The coordinate of each row along a direction. */
function along(centred: Float32Array, features: number, direction: Float64Array): Float64Array {
  return Float64Array.from({ length: centred.length / features }, (_, row) => {
    let sum = 0;
    for (let j = 0, at = row * features; j < features; j++, at++) sum += centred[at]! * direction[j]!;
    return sum;
  });
}

/** The sum of the rows, each times its weight: with coordinates as weights, the covariance times their direction. */
function weighted(centred: Float32Array, features: number, weights: Float64Array): Float64Array {
  const sum = new Float64Array(features);
  weights.forEach((weight, row) => {
    for (let j = 0, at = row * features; j < features; j++, at++) sum[j]! += weight * centred[at]!;
  });
  return sum;
}

/** The same span by directions of which each has its own variance, the largest first (Rayleigh and Ritz). */
function separated(
  centred: Float32Array,
  features: number,
  directions: Float64Array[],
): { directions: Float64Array[]; coordinates: Float64Array[]; variances: number[] } {
  const places = directions.map((direction) => along(centred, features, direction));
  const { values, vectors } = eigen(places.map((one) => places.map((other) => dot(one, other))));
  const order = values.map((_, i) => i).sort((one, other) => values[other]! - values[one]!);
  const turned = (all: Float64Array[]): Float64Array[] =>
    order.map((i) => {
      const sum = new Float64Array(all[0]!.length);
      all.forEach((each, k) => {
        const share = vectors[k]![i]!;
        for (let j = 0; j < sum.length; j++) sum[j]! += share * each[j]!;
      });
      return sum;
    });
  return { directions: turned(directions), coordinates: turned(places), variances: order.map((i) => values[i]!) };
}

/** Gram and Schmidt's process, twice because rounding leaves something the first time; directions within the others become 0. */
function orthogonalize(directions: Float64Array[]): void {
  directions.forEach((direction, i) => {
    const length = Math.sqrt(dot(direction, direction));
    for (let time = 0; time < 2; time++) {
      for (const other of directions.slice(0, i)) {
        const shared = dot(direction, other);
        for (let j = 0; j < direction.length; j++) direction[j]! -= shared * other[j]!;
      }
    }
    const left = Math.sqrt(dot(direction, direction));
    const factor = left > 1e-12 * length ? 1 / left : 0;
    for (let j = 0; j < direction.length; j++) direction[j]! *= factor;
  });
}

/** Eigenvalues and -vectors (in columns) of a small symmetric matrix by Jacobi's rotations (Golub & Van Loan, §8.5). */
function eigen(matrix: number[][]): { values: number[]; vectors: number[][] } {
  const size = matrix.length;
  const vectors = matrix.map((_, i) => matrix.map((_, j) => Number(i === j)));
  const rotate = (rows: number[][], p: number, q: number, cos: number, sin: number): void => {
    for (const row of rows) [row[p], row[q]] = [cos * row[p]! - sin * row[q]!, sin * row[p]! + cos * row[q]!];
  };
  const transpose = (rows: number[][]): number[][] => rows.map((_, i) => rows.map((row) => row[i]!));
  for (let sweep = 0; sweep < 30; sweep++) {
    let isDone = true;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = matrix[p]![q]!;
        if (Math.abs(off) <= 1e-15 * Math.sqrt(Math.abs(matrix[p]![p]! * matrix[q]![q]!))) continue;
        isDone = false;
        const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * off);
        const tan = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cos = 1 / Math.sqrt(tan * tan + 1);
        // From both sides: of the columns, then of the rows, which are the columns of its transpose.
        rotate(matrix, p, q, cos, tan * cos);
        matrix = transpose(matrix);
        rotate(matrix, p, q, cos, tan * cos);
        rotate(vectors, p, q, cos, tan * cos);
      }
    }
    if (isDone) break;
  }
  return { values: matrix.map((row, i) => row[i]!), vectors };
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!;
  return sum;
}

/** Numbers in [−½, ½), always the same: the constants of a linear congruential generator are Knuth's MMIX for 32 bits. */
function uniform(): () => number {
  let state = 1;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
}
