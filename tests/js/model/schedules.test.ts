import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  dense,
  init,
  loadModel,
  schedules,
  sequential,
  warmup,
  type LearningRate,
  type Schedule,
  type Sequential,
} from 'mlp-wasm';
import { rateOf } from '../../../web/src/model/schedules.js';
import { expm1, log1p, power } from '../../../web/src/wasm/same-bits.js';
import { weightBits } from '../support/bits.js';
import { expectError, wrong } from '../support/refusals.js';
import { X } from '../support/samples.js';

interface GoldenSchedule {
  schedule: Schedule;
  source: string;
  steps: number[];
  rates: number[];
}
const CASES = JSON.parse(
  readFileSync(new URL('../../golden/schedules.json', import.meta.url), 'utf8'),
) as GoldenSchedule[];

beforeAll(() => init());

const Y = Float32Array.from({ length: 20 }, (_, i) => Math.cos(i));

function build(learningRate: LearningRate, optimizer: 'sgd' | 'adam' = 'sgd'): Sequential {
  const model = sequential({
    seed: 5,
    layers: [dense({ units: 4, activation: 'tanh', inputShape: [3] }), dense({ units: 1 })],
  });
  onTestFinished(() => model.dispose());
  model.compile({ optimizer: { name: optimizer, learningRate }, loss: 'meanSquaredError' });
  return model;
}

/** The rates of these steps, as the core used them: a bias whose gradient is always 1 moves by just the rate. */
async function usedRates(learningRate: LearningRate, steps: number): Promise<number[]> {
  using model = sequential({
    seed: 1,
    layers: [dense({ units: 1, inputShape: [1], kernelInitializer: 'zeros' })],
  });
  model.compile({ optimizer: { name: 'sgd', learningRate }, loss: 'meanAbsoluteError' });
  const x = new Float32Array(steps);
  const y = new Float32Array(steps).fill(-1e9);
  const rates: number[] = [];
  const [kernel, bias] = model.getWeights();
  await model.fit(x, y, {
    batchSize: 1,
    callbacks: {
      onBatchEnd() {
        rates.push(-model.getWeights()[1]!.data[0]!);
        model.setWeights([kernel!, bias!]);
      },
    },
  });
  return rates;
}

describe('The schedules', () => {
  const names = [...Object.keys(schedules), 'warmup'].sort();

  it('are all held against numbers that are not our own', () => {
    const held = new Set([...CASES.map(({ schedule }) => schedule.name), 'constant']);
    expect([...held].sort()).toEqual(names);
  });

  it('are all in the documentation', () => {
    const table = readFileSync(new URL('../../../web/docs/guide/names.md', import.meta.url), 'utf8');
    const row = table.split('\n').find((line) => line.startsWith('| schedules |'))!;
    const listed = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
    expect(listed.filter((name) => name !== 'schedules').sort()).toEqual(names);
  });
});

describe('The rates of', () => {
  it.each(CASES)('$source agree: $schedule', ({ schedule, steps, rates }) => {
    const { name, ...options } = schedule;
    const complete = name === 'warmup' ? schedule : (schedules[name] as (options: object) => Schedule)(options);
    const rate = rateOf(complete);
    steps.forEach((step, i) => {
      const off = Math.abs(rate(step) - rates[i]!);
      expect(off, `step ${step}: ${rate(step)}, not ${rates[i]}`).toBeLessThanOrEqual(2e-13 * rates[0]!);
    });
  });

  it('a schedule reach the core step by step', async () => {
    const schedule = schedules.cosineDecay({ initialLearningRate: 0.5, decaySteps: 30 });
    const used = await usedRates(schedule, 40);
    used.forEach((rate, step) => expect(rate + 0).toBe(Math.fround(rateOf(schedule)(step))));
  });

  it('a function reach the core step by step, beyond one buffer of them too', async () => {
    const used = await usedRates((step) => (step + 1) / 1024, 600);
    expect(used).toEqual(Array.from({ length: 600 }, (_, step) => (step + 1) / 1024));
  });

  it('a schedule are those of the same formula as a function', async () => {
    const schedule = schedules.inverseTimeDecay({ initialLearningRate: 0.5, decaySteps: 3, decayRate: 0.5 });
    const bits = await Promise.all(
      [schedule, (step: number) => 0.5 / (1 + 0.5 * (step / 3))].map(async (rate) => {
        const model = build(rate, 'adam');
        await model.fit(X, Y, { epochs: 5, batchSize: 4 });
        return weightBits(model);
      }),
    );
    expect(bits[0]).toEqual(bits[1]);
  });

  it('a schedule fall no further than where it ends', () => {
    const rate = rateOf(schedules.oneCycle({ maxLearningRate: 1, totalSteps: 10 }));
    expect(rate(9)).toBeCloseTo(1 / 25e4, 12);
    expect(rate(1e6)).toBe(rate(9));
  });

  it('a warm-up go before any schedule, number or function', () => {
    expect([0, 1, 2, 4, 5].map(rateOf(warmup(0.5, { steps: 4, from: 0.25 })))).toEqual([0.25, 0.3125, 0.375, 0.5, 0.5]);
    const step = (t: number) => 1 / (1 + t);
    expect([0, 1, 2, 3, 4].map(warmup(step, { steps: 2 }))).toEqual([0, 0.5, 1, 0.5, 1 / 3]);
    const twice = warmup(warmup(schedules.step({ initialLearningRate: 1, stepSize: 1, gamma: 0.5 }), { steps: 2 }), {
      steps: 2,
    });
    expect([0, 1, 2, 3, 4, 5].map(rateOf(twice))).toEqual([0, 0, 0, 0.5, 1, 0.5]);
  });

  it('a constant schedule are those of the number', async () => {
    const bits = await Promise.all(
      [0.03, schedules.constant({ learningRate: 0.03 }), () => 0.03].map(async (rate) => {
        const model = build(rate, 'adam');
        await model.fit(X, Y, { epochs: 3, batchSize: 4 });
        return weightBits(model);
      }),
    );
    expect(bits[1]).toEqual(bits[0]);
    expect(bits[2]).toEqual(bits[0]);
  });
});

describe('A schedule', () => {
  const cosine = () => schedules.cosineDecay({ initialLearningRate: 0.2, decaySteps: 12 });

  it('is a plain object with every default filled in', () => {
    expect(cosine()).toEqual({ name: 'cosineDecay', initialLearningRate: 0.2, decaySteps: 12, alpha: 0 });
    expect(JSON.parse(JSON.stringify(warmup(cosine(), { steps: 3 })))).toEqual({
      name: 'warmup',
      schedule: cosine(),
      steps: 3,
      from: 0,
    });
  });

  it('may be written out', async () => {
    const [made, written] = [build(cosine()), build({ name: 'cosineDecay', initialLearningRate: 0.2, decaySteps: 12 })];
    for (const model of [made, written]) await model.fit(X, Y, { epochs: 3, batchSize: 5 });
    expect(weightBits(written)).toEqual(weightBits(made));
  });

  it('goes on from one fit to the next, and begins anew with compile', async () => {
    const [whole, parts] = [build(cosine()), build(cosine())];
    await whole.fit(X, Y, { epochs: 3, batchSize: 5 });
    await parts.fit(X, Y, { epochs: 1, batchSize: 5 });
    expect(parts.learningRate).toBe(rateOf(cosine())(4));
    await parts.fit(X, Y, { epochs: 2, batchSize: 5 });
    expect(weightBits(parts)).toEqual(weightBits(whole));
    parts.compile({ optimizer: { name: 'sgd', learningRate: cosine() }, loss: 'meanSquaredError' });
    expect(parts.learningRate).toBe(0.2);
  });

  it('changes nothing by how the time is cut', async () => {
    const [plain, callbacks, often] = [build(cosine(), 'adam'), build(cosine(), 'adam'), build(cosine(), 'adam')];
    await plain.fit(X, Y, { epochs: 4, batchSize: 3 });
    await callbacks.fit(X, Y, { epochs: 4, batchSize: 3, callbacks: { onBatchEnd() {} } });
    await often.fit(X, Y, { epochs: 4, batchSize: 3, yieldEvery: 0 });
    expect(weightBits(callbacks)).toEqual(weightBits(plain));
    expect(weightBits(often)).toEqual(weightBits(plain));
  });

  it('is saved with the model', async () => {
    const model = build(warmup(cosine(), { steps: 4 }));
    using loaded = await loadModel(await model.save());
    for (const each of [model, loaded]) await each.fit(X, Y, { epochs: 2, batchSize: 5 });
    expect(weightBits(loaded)).toEqual(weightBits(model));
  });

  it('that is a function is saved as its rate at that moment', async () => {
    const model = build((step) => 1 / (1 + step));
    await model.fit(X, Y, { batchSize: 7 });
    using loaded = await loadModel(await model.save());
    expect(loaded.learningRate).toBe(0.25);
    model.learningRate = (step) => (step > 2 ? 0 : 1);
    using still = await loadModel(await model.save());
    expect(still.learningRate).toBe(0);
  });
});

describe('A rate that is none', () => {
  const after = async (learningRate: LearningRate, error: ErrorConstructor, message: string) => {
    const model = build(learningRate);
    await expectError(() => model.fit(X, Y, { epochs: 9, batchSize: 2 }), error, message);
    const good = build(0.01);
    await good.fit(X, Y, { epochs: 1, batchSize: 2 });
    await good.fit(X, Y, { epochs: 1, batchSize: 2, stepsPerEpoch: 3 });
    expect(weightBits(model)).toEqual(weightBits(good));
    model.learningRate = 0.01;
    await model.fit(X, Y, { epochs: 2, batchSize: 2, resume: true });
    const whole = build(0.01);
    await whole.fit(X, Y, { epochs: 2, batchSize: 2 });
    expect(weightBits(model)).toEqual(weightBits(whole));
  };

  it.each([
    [NaN, RangeError],
    [-0.1, RangeError],
    [Infinity, RangeError],
    ['0.1', TypeError],
    [undefined, TypeError],
  ])('%s: refused at its step, the model as after the last good one', async (rate, error) => {
    const got = typeof rate === 'string' ? `'${rate}'` : String(rate);
    const message = `learningRate at step 13: expected a number from 0, got ${got}`;
    await after((step) => (step < 13 ? 0.01 : wrong<number>(rate)), error, message);
  });

  it('a function that throws: as well', async () => {
    const fails = (step: number) => {
      if (step === 13) throw new Error('no idea');
      return 0.01;
    };
    await after(fails, Error, 'no idea');
  });

  it('in the last step but not reached by training: not noticed', async () => {
    const model = build((step) => (step < 10 ? 0.01 : NaN));
    await model.fit(X, Y, { batchSize: 2 });
    expect(() => model.learningRate).toThrow('learningRate at step 10: expected a number from 0, got NaN');
  });

  it.each<[string, () => unknown, ErrorConstructor, string]>([
    [
      'an unknown name',
      () => build(wrong({ name: 'cosine' })),
      RangeError,
      "compile: optimizer.learningRate.name: expected one of 'constant', 'step', 'piecewise', 'exponentialDecay', " +
        "'inverseTimeDecay', 'polynomialDecay', 'cosineDecay', 'cosineDecayRestarts', 'oneCycle', 'warmup', got 'cosine'.",
    ],
    [
      'an option too many',
      () => schedules.step(wrong({ initialLearningRate: 1, stepSize: 2, gama: 2 })),
      RangeError,
      "schedules.step: option: expected one of 'name', 'initialLearningRate', 'stepSize', 'gamma', got 'gama'. Did you mean 'gamma'?",
    ],
    [
      'no steps',
      () => schedules.cosineDecay({ initialLearningRate: 1, decaySteps: 0 }),
      RangeError,
      'schedules.cosineDecay.decaySteps: expected an integer from 1 to 2147483647, got 0',
    ],
    [
      'a rate of NaN',
      () => schedules.constant({ learningRate: NaN }),
      RangeError,
      'schedules.constant.learningRate: expected a number from 0, got NaN',
    ],
    [
      'too few values',
      () => schedules.piecewise({ boundaries: [1, 2], values: [1, 2] }),
      RangeError,
      'schedules.piecewise.values: expected 3 rates, one more than boundaries, got Array(2)',
    ],
    [
      'boundaries out of order',
      () => schedules.piecewise({ boundaries: [2, 2], values: [1, 2, 3] }),
      RangeError,
      'schedules.piecewise.boundaries[1]: expected an integer from 3 to 2147483647, got 2',
    ],
    [
      'a share above 1',
      () => schedules.oneCycle({ maxLearningRate: 1, totalSteps: 9, pctStart: 1.1 }),
      RangeError,
      'schedules.oneCycle.pctStart: expected a number from 0 to 1, got 1.1',
    ],
    [
      'no schedule to warm up for',
      () => warmup(wrong('fast'), { steps: 3 }),
      TypeError,
      "warmup: schedule: expected a number above 0, got 'fast'",
    ],
    [
      'a rate of 0 in compile',
      () => build(0),
      RangeError,
      'compile: optimizer.learningRate: expected a number above 0, got 0',
    ],
  ])('%s', (_what, call, error, message) => expectError(call, error, message));
});

describe('model.learningRate', () => {
  it('is the rate of the next step, and may be set at any time', async () => {
    const model = build(0.1, 'adam');
    expect(model.learningRate).toBe(0.1);
    await model.fit(X, Y, {
      epochs: 2,
      batchSize: 5,
      callbacks: { onBatchEnd: (batch) => void (model.learningRate = batch === 0 ? 0.02 : 0.01) },
    });
    const rates = [0.1, 0.02, 0.01, 0.01, 0.01, 0.02, 0.01, 0.01];
    const same = build((step) => rates[step]!, 'adam');
    await same.fit(X, Y, { epochs: 2, batchSize: 5 });
    expect(weightBits(same)).toEqual(weightBits(model));
  });

  it('takes schedules and functions, whose steps count from compile', async () => {
    const model = build(0.1);
    await model.fit(X, Y, { batchSize: 5 });
    model.learningRate = schedules.step({ initialLearningRate: 1, stepSize: 2, gamma: 0.5 });
    expect(model.learningRate).toBe(0.25);
    model.learningRate = (step) => step / 100;
    expect(model.learningRate).toBe(0.04);
    model.learningRate = 0;
    expect(model.learningRate).toBe(0);
    const before = weightBits(model);
    await model.fit(X, Y);
    expect(weightBits(model)).toEqual(before);
  });

  it.each([[NaN], [-1], ['fast'], [null], [{ name: 'no' }]])('refuses %s and stays as it was', (value) => {
    const model = build(0.1);
    expect(() => (model.learningRate = wrong(value))).toThrow(/^learningRate/);
    expect(model.learningRate).toBe(0.1);
  });

  it('needs a compiled model', () => {
    using model = sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
    expect(() => model.learningRate).toThrow('learningRate: expected a compiled model');
  });
});

describe('Restarts without number', () => {
  const rate = (tMul: number) =>
    rateOf({ name: 'cosineDecayRestarts', initialLearningRate: 1, firstDecaySteps: 1, tMul, mMul: 1, alpha: 0 });

  it('take no time each: those behind a thousand are computed at once', () => {
    for (const tMul of [1 + Number.EPSILON, 1 + 1e-9, 1.0001, 1.01]) {
      for (const step of [2000, 1e6, 2 ** 53 - 1]) {
        const found = rate(tMul)(step);
        expect(found, `${tMul} at ${step}`).toBeGreaterThanOrEqual(0);
        expect(found, `${tMul} at ${step}`).toBeLessThanOrEqual(1);
      }
    }
  });

  it('are where counting one by one finds them', () => {
    const tMul = 1.001;
    for (const step of [900, 1717, 2000, 5000, 123456]) {
      let fraction = step;
      while (fraction >= 1) fraction = (fraction - 1) / tMul;
      expect(rate(tMul)(step), `${step}`).toBeCloseTo(0.5 * (1 + Math.cos(Math.PI * fraction)), 8);
    }
  });
});

describe('Logarithms and exponentials near 0', () => {
  it('keep their digits', () => {
    for (const x of [1e-300, 1e-16, 1e-9, 1e-3, 0.2, 0.25, 0.3, 2, 500]) {
      for (const y of [x, -x]) {
        expect(expm1(y) / Math.expm1(y)).toBeCloseTo(1, 13);
        if (y > -1) expect(log1p(y) / Math.log1p(y)).toBeCloseTo(1, 13);
      }
    }
  });

  it('end at infinity', () => {
    expect(power(Infinity, 0.5)).toBe(Infinity);
  });
});
