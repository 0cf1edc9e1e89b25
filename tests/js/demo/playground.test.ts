/** The playground's data, its part of the address, its network, its run and its surfaces. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { init } from 'mlp-wasm';
import {
  DATA_KINDS,
  isRegression,
  makePoints,
  OWN_AT_MOST,
  ownFromText,
  ownPlace,
  ownToText,
} from '../../../web/demo/page/views/playground/data.js';
import type { DataSettings } from '../../../web/demo/page/views/playground/data.js';
import { LossHistory } from '../../../web/demo/page/views/playground/history.js';
import { featuresOf, gridOf, INPUTS } from '../../../web/demo/page/views/playground/inputs.js';
import { Network } from '../../../web/demo/page/views/playground/network.js';
import { OwnPoints } from '../../../web/demo/page/views/playground/own-points.js';
import { Run } from '../../../web/demo/page/views/playground/run.js';
import {
  beginsAlike,
  fromQuery,
  initialSettings,
  isSame,
  readNumber,
  toQuery,
} from '../../../web/demo/page/views/playground/settings.js';
import type { Change, Settings } from '../../../web/demo/page/views/playground/settings.js';
import { cosine, sine } from '../../../web/demo/page/views/playground/sine.js';
import { contourOf, scaleOf } from '../../../web/demo/page/views/playground/surface.js';

beforeAll(() => init());

const DATA: DataSettings = { data: 'circle', noise: 20, points: 200, validation: 30, seed: 4, own: [] };
const SHAPES = DATA_KINDS.filter((kind) => kind !== 'own');

/** The part of an address that these settings make. */
function queryOf(settings: Settings): URLSearchParams {
  const query = new URLSearchParams('view=playground&data=mnist&lr=0.5');
  for (const [key, value] of Object.entries(toQuery(settings))) if (value !== undefined) query.set(key, value);
  return query;
}

const weightsOf = (network: Network): number[] => network.weights().flatMap(({ data }) => Array.from(data));

describe('the sine of its own', () => {
  it('is that of mathematics', () => {
    for (let x = -40; x <= 40; x += 0.0371) {
      expect(Math.abs(sine(x) - Math.sin(x))).toBeLessThan(1e-13);
      expect(Math.abs(cosine(x) - Math.cos(x))).toBeLessThan(1e-13);
    }
  });
});

describe.each(SHAPES)('points of the kind %s', (data) => {
  it('are the same for the same seed, and others for another', () => {
    expect(makePoints({ ...DATA, data })).toEqual(makePoints({ ...DATA, data }));
    expect(makePoints({ ...DATA, data })).not.toEqual(makePoints({ ...DATA, data, seed: 5 }));
  });

  it('are as many as wished, inside the plane, on a grain that no rounding moves', () => {
    const points = makePoints({ ...DATA, data, noise: 50 });
    expect(points).toHaveLength(200);
    for (const { x, y } of points) {
      expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThan(6);
      expect([x * 256, y * 256].every(Number.isInteger)).toBe(true);
    }
  });

  it('are held out by share, of each class as many', () => {
    const points = makePoints({ ...DATA, data });
    const isClass = (value: number) => points.filter((point) => isRegression(data) || point.value === value);
    for (const all of [isClass(0), isClass(1)]) {
      expect(all.filter(({ isHeldOut }) => isHeldOut)).toHaveLength(Math.floor(0.3 * all.length));
    }
    expect(makePoints({ ...DATA, data, validation: 0 }).some(({ isHeldOut }) => isHeldOut)).toBe(false);
  });

  it('are moved by noise', () => {
    const [clean, noisy] = [0, 50].map((noise) => makePoints({ ...DATA, data, noise }));
    expect(clean).not.toEqual(noisy);
  });
});

describe('points without noise', () => {
  const clean = (data: DataSettings['data']) => makePoints({ ...DATA, data, noise: 0 });
  it('lie where their class has its place', () => {
    for (const { x, y, value } of clean('circle')) expect(Math.hypot(x, y) < 3).toBe(value === 1);
    for (const { x, y, value } of clean('xor')) expect(x * y > 0).toBe(value === 1);
    for (const { x, y, value } of clean('plane')) expect(value).toBeCloseTo((x + y) / 10, 2);
    const inner = clean('spiral').filter(({ x, y }) => Math.hypot(x, y) > 0.5);
    // The two arms of a spiral mirror each other through the middle.
    for (const { x, y, value } of inner) {
      const across = inner.filter((other) => Math.hypot(other.x + x, other.y + y) < 0.1);
      expect(across.length).toBeGreaterThan(0);
      expect(across.every((other) => other.value !== value)).toBe(true);
    }
  });
});

describe('points of one’s own', () => {
  it('go through the address and come back the same', () => {
    const points = Array.from({ length: 50 }, (_, i) => ({
      ...ownPlace({ x: -6 + i * 0.2431, y: 6 - i * 0.1999 }),
      value: i % 2,
    }));
    expect(ownFromText(ownToText(points))).toEqual(points);
    expect(ownFromText('')).toEqual([]);
  });

  it('are not read from what is no such text', () => {
    for (const text of ['a', 'c0000', 'azzzz', 'a00', 'a0000'.repeat(OWN_AT_MOST + 1), 'A0000']) {
      expect(ownFromText(text)).toBeUndefined();
    }
  });

  it('keep their part as others are placed', () => {
    const own = Array.from({ length: 20 }, (_, i) => ({ x: i / 4, y: 0, value: i % 2 }));
    const parts = (count: number) =>
      makePoints({ ...DATA, data: 'own', own: own.slice(0, count) }).map(({ isHeldOut }) => isHeldOut);
    expect(parts(20).slice(0, 13)).toEqual(parts(13));
    expect(parts(20).filter(Boolean)).toHaveLength(6);
  });

  it('are taken back one by one, clearing too, and those of an address from the last', () => {
    const tools = new OwnPoints();
    const [a, b] = [
      { x: 0, y: 0, value: 1 },
      { x: 1, y: 1, value: 0 },
    ];
    const two = tools.placed([a], b)!;
    const none = tools.cleared(two);
    expect(none).toEqual([]);
    expect(tools.canUndo(none)).toBe(true);
    expect(tools.undone(none)).toEqual([a, b]);
    expect(tools.undone(two)).toEqual([a]);
    expect(tools.undone([a])).toEqual([]);
    expect(tools.canUndo([])).toBe(false);
    expect(
      tools.placed(
        Array.from({ length: OWN_AT_MOST }, () => a),
        b,
      ),
    ).toBeUndefined();
  });
});

describe('the address', () => {
  const OTHER: Settings = {
    data: 'own',
    noise: 35,
    points: 740,
    validation: 50,
    seed: 77,
    own: [{ ...ownPlace({ x: 1.5, y: -3.25 }), value: 1 }],
    inputs: ['x1', 'x1x2', 'sinx2'],
    layers: [8, 1, 3],
    activation: 'leakyRelu',
    initializer: 'heNormal',
    optimizer: 'lion',
    learningRate: 0.0007,
    momentum: 0.9,
    l1: 0.001,
    l2: 1e-7,
    batchSize: 7,
    speed: 'full',
    changes: [
      { step: 0, kind: 'weight', layer: 0, k: -1, j: 7, value: -0.25 },
      { step: 12, kind: 'rate', value: 0.5 },
      { step: 12, kind: 'weight', layer: 3, k: 2, j: 0, value: 1e-7 },
    ],
    at: 4321,
  };

  it('holds nothing of what is as by default', () => {
    expect(Object.values(toQuery(initialSettings())).every((value) => value === undefined)).toBe(true);
    expect(isSame(fromQuery(new URLSearchParams('view=playground&data=mnist&layers=3')), initialSettings())).toBe(true);
  });

  it('holds all that differs, and gives it back', () => {
    expect(fromQuery(queryOf(OTHER))).toEqual(OTHER);
    expect(fromQuery(queryOf({ ...initialSettings(), layers: [], inputs: [] }))).toEqual({
      ...initialSettings(),
      layers: [],
      inputs: [],
    });
  });

  it('has the default in place of what it says wrongly', () => {
    for (const text of [
      'p-data=triangle',
      'p-noise=51',
      'p-points=1.5',
      'p-layers=9',
      'p-layers=1.1.1.1.1.1.1',
      'p-layers=',
      'p-inputs=x1.x9',
      'p-activation=softmax',
      'p-optimizer=SGD',
      'p-lr=0',
      'p-lr=none',
      'p-l1=-1',
      'p-seed=-3',
      'p-own=zzz',
      'p-at=1e99',
      'p-changes=3_0.0.0',
      'p-changes=3_0.0.0_x',
      'p-changes=x_lr_0.1',
      'p-changes=3_lr_0',
      // Of the network by default there is no ninth unit, no fourth layer; and steps do not go back.
      'p-changes=3_0.0.8_1',
      'p-changes=3_3.0.0_1',
      'p-changes=3_lr_1*2_lr_1',
    ]) {
      expect(isSame(fromQuery(new URLSearchParams(text)), initialSettings()), text).toBe(true);
    }
  });

  it('says which settings begin another run', () => {
    const begin = initialSettings();
    expect(beginsAlike(begin, { ...begin, speed: 'full', at: 3, changes: OTHER.changes })).toBe(true);
    for (const name of [
      'data',
      'seed',
      'layers',
      'inputs',
      'initializer',
      'optimizer',
      'momentum',
      'l2',
      'batchSize',
    ] as const) {
      expect(beginsAlike(begin, { ...begin, [name]: OTHER[name] }), name).toBe(false);
    }
  });

  it('reads numbers as people write them', () => {
    const limits = { low: -10, high: 10 };
    expect([' 0,5 ', '−3', '1e-3'].map((text) => readNumber(text, limits))).toEqual([0.5, -3, 0.001]);
    for (const text of ['', 'x', '11', 'Infinity', 'NaN', '1,000.5']) expect(readNumber(text, limits)).toBeUndefined();
    expect(readNumber('1.5', { ...limits, isWhole: true })).toBeUndefined();
  });
});

describe('the network', () => {
  const SETTINGS: Settings = { ...initialSettings(), inputs: INPUTS, layers: [5, 3], l1: 1e-4, l2: 1e-3 };
  const trained = async (settings: Settings, steps: number): Promise<Network> => {
    const network = new Network(settings, makePoints(settings));
    for (let i = 0; i < steps; i++) await network.advance();
    return network;
  };

  it('has surfaces that are what its weights say, in every unit, and what predict says', async () => {
    const network = await trained(SETTINGS, 50);
    const grid = gridOf(7);
    const features = featuresOf(grid, INPUTS);
    const layers = network.activations(features);
    const weights = network.weights();
    grid.forEach((place, row) => {
      let before = Array.from(featuresOf([place], INPUTS));
      layers.forEach((values, layer) => {
        const units = network.sizes[layer + 1]!;
        const z = Array.from({ length: units }, (_, j) =>
          before.reduce(
            (sum, input, k) => sum + input * network.weight({ layer, k, j }, weights),
            network.weight({ layer, k: -1, j }, weights),
          ),
        );
        before = z.map((each) => (layer === 2 ? 1 / (1 + Math.exp(-each)) : Math.tanh(each)));
        before.forEach((a, j) => expect(values[row * units + j]).toBeCloseTo(a, 4));
      });
    });
    layers.forEach((values, layer) => expect(network.activationsOf(layer, features)).toEqual(values));
    network.dispose();
  });

  it('is the same to the bit for the same settings, and another for another seed', async () => {
    const [one, same, other] = await Promise.all([
      trained(SETTINGS, 137),
      trained({ ...SETTINGS }, 137),
      trained({ ...SETTINGS, seed: 2 }, 137),
    ]);
    expect(weightsOf(one)).toEqual(weightsOf(same));
    expect(weightsOf(one)).not.toEqual(weightsOf(other));
    expect(one.losses()).toEqual(same.losses());
  });

  it('gives losses without penalties, and none of the validation where nothing is held out', async () => {
    const settings: Settings = { ...initialSettings(), validation: 0, layers: [2] };
    const [plain, penalised] = await Promise.all([trained(settings, 0), trained({ ...settings, l2: 5 }, 0)]);
    expect(weightsOf(plain)).toEqual(weightsOf(penalised));
    expect(plain.losses()).toEqual(penalised.losses());
    expect(plain.losses().validation).toBeUndefined();
  });

  it('takes a weight and a bias by hand, and learns on from there', async () => {
    const network = await trained(SETTINGS, 10);
    const places = [
      { layer: 1, k: 4, j: 2 },
      { layer: 1, k: -1, j: 2 },
    ];
    for (const place of places) network.apply({ step: 10, kind: 'weight', ...place, value: -2.5 });
    for (const place of places) expect(network.weight(place)).toBe(-2.5);
    await network.advance();
    expect(network.step).toBe(11);
    for (const place of places) expect(network.weight(place)).not.toBe(-2.5);
  });

  // By epochs, not by time; each seed has other points and other weights.
  it.each([1, 2, 3])('learns the spiral, with seed %i', async (seed) => {
    const settings: Settings = {
      ...initialSettings(),
      data: 'spiral',
      noise: 0,
      points: 400,
      inputs: ['x1', 'x2', 'sinx1', 'sinx2'],
      layers: [8, 8],
      seed,
      batchSize: 32,
    };
    const points = makePoints(settings);
    const network = new Network(settings, points);
    while (network.step < 200 * network.stepsPerEpoch) await network.advance();
    const { training, validation } = network.losses();
    expect(training).toBeLessThan(0.05);
    expect(validation!).toBeLessThan(0.05);
    network.dispose();
  });
});

describe('the bound of the learning rate', () => {
  const SLOPE: Settings = { ...initialSettings(), data: 'plane', layers: [], optimizer: 'sgd', batchSize: 1000 };

  it('is that of gradient descent on a parabola: below it the loss falls, above it rises', async () => {
    const lossAfter = async (share: number): Promise<number[]> => {
      const first = new Network(SLOPE, makePoints(SLOPE));
      const learningRate = share * first.rateBound();
      first.dispose();
      const settings = { ...SLOPE, learningRate };
      const network = new Network(settings, makePoints(settings));
      const before = network.losses().training;
      for (let i = 0; i < 100; i++) await network.advance();
      const after = network.losses().training;
      network.dispose();
      return [before, after];
    };
    const [before, below] = await lossAfter(0.99);
    expect(below).toBeLessThan(before! / 10);
    const [, above] = await lossAfter(1.01);
    expect(above).toBeGreaterThan(before!);
  });

  it('changes nothing of the run that it is asked of, and is no number once that has diverged', async () => {
    const [one, other] = [1, 2].map(() => new Network(SLOPE, makePoints(SLOPE)));
    for (let i = 0; i < 20; i++) {
      await one!.advance();
      await other!.advance();
      one!.rateBound();
      one!.gradientNorms();
    }
    expect(weightsOf(one!)).toEqual(weightsOf(other!));
    one!.apply({ step: 20, kind: 'rate', value: 100 });
    for (let i = 0; i < 60; i++) await one!.advance();
    expect(one!.rateBound()).toBeNaN();
  });
});

describe('the run', () => {
  // Frames that come at once.
  beforeEach(() => {
    vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work, 0));
    vi.stubGlobal('cancelAnimationFrame', (timer: ReturnType<typeof setTimeout>) => clearTimeout(timer));
  });
  afterEach(() => vi.unstubAllGlobals());

  const begun = (patch: Partial<Settings>): Run => {
    const settings = { ...initialSettings(), layers: [3], ...patch };
    const run = new Run(
      () => true,
      () => undefined,
    );
    run.begin(settings, makePoints(settings));
    return run;
  };
  const rest = async (run: Run): Promise<void> => {
    while (run.isRunning) await new Promise((resolve) => setTimeout(resolve, 1));
  };

  it('goes by steps and epochs, and remembers the losses', async () => {
    const run = begun({});
    run.takeStep();
    await rest(run);
    expect([run.network!.step, run.epoch, run.history.epochs]).toEqual([1, 0, [0]]);
    run.takeEpoch();
    await rest(run);
    expect(run.network!.step).toBe(run.network!.stepsPerEpoch);
    run.takeEpoch();
    await rest(run);
    expect(run.history.epochs).toEqual([0, 1, 2]);
    expect(run.history.training.at(-1)).toBe(run.losses!.training);
    expect(run.phase).toBe('paused');
  });

  it('is the same to the bit with the changes that were made in it, whatever its speed', async () => {
    const run = begun({ speed: 'step' });
    run.goTo(20);
    await rest(run);
    run.change({ step: 20, kind: 'rate', value: 0.1 });
    run.change({ step: 20, kind: 'weight', layer: 0, k: 1, j: 2, value: 1.5 });
    run.change({ step: 20, kind: 'weight', layer: 0, k: 1, j: 2, value: -1.5 });
    run.goTo(50);
    await rest(run);
    run.change({ step: 50, kind: 'weight', layer: 1, k: -1, j: 0, value: 0.75 });
    run.goTo(90);
    await rest(run);
    // The value that was written over is not kept.
    expect(run.changes).toHaveLength(3);
    const query = queryOf({ ...initialSettings(), layers: [3], changes: run.changes, at: 90 });
    const settings = fromQuery(query);
    const again = begun({ ...settings, speed: 'full' });
    again.goTo(settings.at);
    await rest(again);
    expect(weightsOf(again.network!)).toEqual(weightsOf(run.network!));
    expect(again.rate).toBe(0.1);
    const without = begun({});
    without.goTo(90);
    await rest(without);
    expect(weightsOf(without.network!)).not.toEqual(weightsOf(run.network!));
  });

  it('forgets what was planned for later once something else is changed', () => {
    const later: Change = { step: 40, kind: 'rate', value: 1 };
    const run = begun({ changes: [later] });
    run.change({ step: 0, kind: 'rate', value: 0.2 });
    expect(run.changes).toEqual([{ step: 0, kind: 'rate', value: 0.2 }]);
  });

  it('says that it has diverged, and goes no further', async () => {
    const run = begun({ data: 'hills', optimizer: 'sgd', learningRate: 50, inputs: INPUTS, activation: 'relu' });
    run.play();
    await rest(run);
    expect(run.phase).toBe('diverged');
    const { step } = run.network!;
    run.play();
    run.change({ step, kind: 'weight', layer: 0, k: 0, j: 0, value: 1 });
    expect([run.phase, run.network!.step]).toEqual(['diverged', step]);
  });

  it('says that lbfgs is done', async () => {
    const run = begun({ data: 'plane', noise: 0, layers: [], optimizer: 'lbfgs', learningRate: 1 });
    run.play();
    await rest(run);
    expect(run.phase).toBe('converged');
    expect(run.losses!.training).toBeLessThan(1e-4);
  });

  it('has nothing to learn without inputs, without points, and where all are held out', () => {
    expect(begun({ inputs: [] }).phase).toBe('empty');
    expect(begun({ data: 'own' }).phase).toBe('empty');
    expect(begun({ data: 'own', own: [{ x: 0, y: 0, value: 1 }] }).phase).toBe('paused');
  });

  it('trains no longer in a frame than its budget', async () => {
    // A clock that goes a millisecond further each time that somebody looks at it.
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now++);
    const frames: (() => void)[] = [];
    vi.stubGlobal('requestAnimationFrame', (work: () => void) => frames.push(work));
    try {
      const run = begun({ speed: 'full' });
      run.play();
      for (let frame = 0; frame < 3; frame++) {
        const before = run.network!.step;
        frames.pop()!();
        await new Promise((resolve) => setTimeout(resolve, 20));
        const done = run.network!.step - before;
        expect(done).toBeGreaterThan(0);
        expect(done).toBeLessThanOrEqual(6);
        expect(frames).toHaveLength(1);
      }
    } finally {
      vi.restoreAllMocks();
    }
  });

  it('waits while nobody sees it', async () => {
    let isShown = true;
    const settings = initialSettings();
    const run = new Run(
      () => isShown,
      () => undefined,
    );
    run.begin(settings, makePoints(settings));
    run.play();
    while (run.network!.step === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    isShown = false;
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { step } = run.network!;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(run.network!.step).toBe(step);
    isShown = true;
    run.wake();
    while (run.network!.step === step) await new Promise((resolve) => setTimeout(resolve, 1));
    run.pause();
  });
});

describe('the losses that are kept', () => {
  it('are as many as a chart shows, evenly, however long it goes', () => {
    const history = new LossHistory();
    for (let epoch = 0; epoch <= 100_000; epoch++)
      history.add(epoch, { training: 1 / (1 + epoch), validation: undefined }, 0.1, epoch % 3 === 0 ? 2 : undefined);
    const { epochs, training, validation, bounds } = history;
    expect(epochs.length).toBeLessThanOrEqual(513);
    expect(epochs.length).toBeGreaterThan(250);
    expect(epochs[0]).toBe(0);
    const stride = epochs[1]!;
    epochs.forEach((epoch, i) => {
      expect(epoch).toBe(i * stride);
      expect(training[i]).toBe(1 / (1 + epoch));
      expect(validation[i]).toBeNull();
      expect(bounds[i]).toBe(epoch % 3 === 0 ? 2 : null);
    });
  });
});

describe('surfaces', () => {
  it('have their full colour at the farthest number', () => {
    expect(scaleOf(Float32Array.of(0, 9, 0.25, 9, -0.75, 9), 0, 2, 0)).toEqual({ middle: 0, reach: 0.75 });
    expect(scaleOf(Float32Array.of(0.5, 0.75), 0, 1, 0.5).reach).toBe(0.25);
    expect(scaleOf(Float32Array.of(NaN, Infinity), 0, 1, 0).reach).toBe(1);
  });

  it('have a line where they pass their middle', () => {
    const side = 20;
    const grid = gridOf(side);
    const column = 1;
    const values = Float32Array.from(grid.flatMap(({ x, y }) => [0, x + 0.5 * y - 1]));
    const line = contourOf(values, column, 2, side, 0);
    expect(line.length).toBeGreaterThan(4 * 10);
    for (let i = 0; i < line.length; i += 2) {
      const [x, y] = [12 * line[i]! - 6, 6 - 12 * line[i + 1]!];
      expect(x + 0.5 * y).toBeCloseTo(1, 4);
    }
    expect(contourOf(values, 0, 2, side, 0.5)).toEqual([]);
  });
});
