import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential, type ActivationName } from 'mlp-wasm';
import { checksum, TABLES } from '../../sklearn/tables.js';

// The same tables, networks, solvers and epochs as tests/sklearn/make_scores.py gave to scikit-learn. Starts and orders
// differ, so it is the means over many of them that have to agree.

interface Run {
  table: string;
  solver: 'lbfgs' | 'adam';
  hidden: number[];
  activation: ActivationName;
  epochs: number;
  batchSize?: number;
  seeds: number;
  meanScore: number;
  standardError: number;
}

const { tolerance, checksums, runs } = JSON.parse(
  readFileSync(new URL('../../sklearn/scores.json', import.meta.url), 'utf8'),
) as { tolerance: number; checksums: Record<string, number>; runs: Run[] };

/** Percentage points by which the means may differ. */
const POINTS = 0.5;

beforeAll(() => init());

async function scoreOf(run: Run, seed: number, x: number[][], y: number[]): Promise<number> {
  const { table, solver, hidden, activation, epochs, batchSize } = run;
  const widths = [x[0]!.length, ...hidden, table === 'digits' ? 10 : 1];
  const model = sequential({
    seed,
    layers: widths.slice(1).map((units, i) => {
      const bound = Math.sqrt(6 / (widths[i]! + units)); // as scikit-learn draws biases, too
      const last = i === hidden.length;
      const output = { cancer: 'sigmoid', digits: 'softmax', regression: 'linear' }[table] as ActivationName;
      return dense({
        units,
        activation: last ? output : activation,
        biasInitializer: { name: 'randomUniform', minval: -bound, maxval: bound },
        ...(i === 0 && { inputShape: [widths[0]!] as [number] }),
      });
    }),
  });
  try {
    model.compile({
      optimizer: solver === 'adam' ? 'adam' : { name: 'lbfgs', tolerance },
      loss:
        table === 'cancer'
          ? 'binaryCrossentropy'
          : table === 'digits'
            ? 'sparseCategoricalCrossentropy'
            : 'sumOfSquares',
      metrics: table === 'regression' ? ['meanSquaredError'] : ['accuracy'],
    });
    const kept = Math.floor(0.7 * x.length);
    await model.fit(x.slice(0, kept), y.slice(0, kept), { epochs, ...(batchSize && { batchSize }) });
    const target = y.slice(kept);
    const { accuracy, meanSquaredError } = model.evaluate(x.slice(kept), target);
    if (accuracy !== undefined) return 100 * accuracy;
    const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
    const variance = target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / target.length;
    return 100 * (1 - meanSquaredError! / variance);
  } finally {
    model.dispose();
  }
}

describe.each(Object.keys(TABLES))('The table %s', (name) => {
  it('has the numbers that scikit-learn saw', () => {
    expect(checksum(TABLES[name]!())).toBe(checksums[name]);
  });
});

describe.each(runs)('$solver on $table, hidden $hidden $activation', (run) => {
  it(`scores ${run.meanScore} on unseen rows, as scikit-learn does`, async () => {
    const { x, y } = TABLES[run.table]!();
    let sum = 0;
    for (let seed = 0; seed < run.seeds; ++seed) sum += await scoreOf(run, seed, x, y);
    const mean = sum / run.seeds;
    console.log(`${run.solver} on ${run.table}: ${mean.toFixed(2)}, scikit-learn ${run.meanScore}`);
    expect(Math.abs(mean - run.meanScore)).toBeLessThan(POINTS);
  });
});
