/** Networks whose layers differ: as texts, in an address, in files, as dense layers alone, and read by the small module. */
import { init, loadCheckpoint, sequential } from 'mlp-wasm';
import { init as initPredict } from 'mlp-wasm/predict';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ModelFormat } from '../../../web/demo/shared/model-work.js';
import { denseAlone } from '../../../web/demo/shared/dense-alone.js';
import { activationPlaces, configsOf } from '../../../web/demo/shared/plain-layers.js';
import type { PlainLayer } from '../../../web/demo/shared/plain-layers.js';
import { LayerChain } from '../../../web/demo/page/reading/layer-chain.js';
import { settingsOfLayers } from '../../../web/demo/page/settings/settings-of-layers.js';
import {
  describe as inWords,
  fromQuery,
  presetOf,
  readSettings,
  toFields,
  toQuery,
} from '../../../web/demo/page/settings/settings.js';
import { withLayers } from '../../../web/demo/page/training/change-network.js';
import { isSameNetwork, layersOf } from '../../../web/demo/page/training/layers.js';
import { OFFERS } from '../../../web/demo/page/views/share/formats.js';
import { readModel, writeNetwork } from '../../../web/demo/worker/model-files.js';
import { modelOf, plainNetworkOf } from '../../../web/demo/worker/plain-network.js';

beforeAll(() => Promise.all([init(), initPredict()]));

const ADDRESS = 'hidden=24,16,12&activation=relu&layers=1_tanh_batch_dropout_0.25_heNormal+2_layer_l1_0.0001_l2_0.001';
const LAYERS: PlainLayer[] = [
  { units: 24, activation: 'tanh', normalization: 'batch', dropout: 0.25, initializer: 'heNormal' },
  { units: 16, activation: 'relu', normalization: 'layer', l1: 0.0001, l2: 0.001 },
  { units: 12, activation: 'relu' },
  { units: 10, activation: 'softmax' },
];
const read = (query: string): ReturnType<typeof readSettings> => readSettings(fromQuery(new URLSearchParams(query)));

const INK = Float32Array.from({ length: 5 * 784 }, (_, i) => Math.max(0, Math.sin(i * i)));
/** A network with weights that no layer begins with, moving averages too. */
async function trained(layers: PlainLayer[]): Promise<ReturnType<typeof modelOf>> {
  const model = sequential({ seed: 3, layers: configsOf(layers) });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  await model.fit(INK, [1, 2, 3, 4, 5], { epochs: 3, batchSize: 2 });
  return model;
}

describe('Layers in an address', () => {
  it('are read, and written as they were', () => {
    const { settings } = read(ADDRESS);
    expect(layersOf(settings!)).toEqual(LAYERS);
    expect(toQuery(toFields(settings!))['layers']).toBe(
      '1_tanh_batch_dropout_0.25_heNormal 2_layer_l1_0.0001_l2_0.001',
    );
    expect(inWords(settings!)).toContain('784 → 24 tanh (batchNormalization, dropout 0.25, heNormal) → 16 relu (');
    expect(isSameNetwork(layersOf({ ...settings!, ...settingsOfLayers(LAYERS.slice(0, -1), 'elu') }), LAYERS)).toBe(
      true,
    );
  });

  it('need no word where all are alike, as in the links of before', () => {
    const { settings } = read('hidden=64,32&activation=relu');
    expect(layersOf(settings!)).toEqual([
      { units: 64, activation: 'relu' },
      { units: 32, activation: 'relu' },
      { units: 10, activation: 'softmax' },
    ]);
    expect(toQuery(toFields(settings!))['layers']).toBeUndefined();
    expect(presetOf(fromQuery(new URLSearchParams('')))?.id).toBe('classic');
    expect(presetOf(fromQuery(new URLSearchParams('layers=1_relu')))).toBeUndefined();
  });

  it.each([
    ['1_dropout_1', /share from 0 to below 1/],
    ['1_dropout', /share/],
    ['2_l2_-1', /from 0 to 10/],
    ['1_rellu', /does not know: rellu/],
    ['first_relu', /first_relu/],
  ])('say what is wrong with them: %s', (layers, sentence) => {
    expect(read(`layers=${layers}`).errors.layers).toMatch(sentence);
  });
});

describe('A training whose layers change on the way', () => {
  it('keeps weights, optimizer and position: changed and changed back, it goes on to the same bits', async () => {
    const layers: PlainLayer[] = [
      { units: 12, activation: 'relu', normalization: 'batch' },
      { units: 8, activation: 'tanh', dropout: 0.1 },
      { units: 10, activation: 'softmax' },
    ];
    const others: PlainLayer[] = [
      { units: 12, activation: 'elu', normalization: 'batch', dropout: 0.3 },
      { units: 8, activation: 'sigmoid' },
      { units: 10, activation: 'softmax' },
    ];
    const goOn = async (checkpoint: Uint8Array): Promise<number[][]> => {
      const model = await loadCheckpoint(checkpoint);
      await model.fit(INK, [1, 2, 3, 4, 5], { epochs: 6, batchSize: 2, resume: true });
      return model.getWeights().map(({ data }) => [...data]);
    };
    const checkpoint = (await trained(layers)).checkpoint();
    const changed = withLayers(checkpoint, others);
    const names = (await loadCheckpoint(changed)).layers.map(({ className, activation, rate }) => [
      className,
      activation.name,
      rate,
    ]);
    expect(names).toEqual(
      modelOf({ layers: others, weights: (await loadCheckpoint(changed)).getWeights() }).layers.map(
        ({ className, activation, rate }) => [className, activation.name, rate],
      ),
    );
    const whole = await goOn(checkpoint);
    expect(await goOn(withLayers(changed, layers))).toEqual(whole);
    expect(await goOn(changed)).not.toEqual(whole);
  });
});

describe('A network whose layers differ', () => {
  it('is read by the small module as by the one that trains, layer by layer', async () => {
    const model = await trained(LAYERS);
    const chain = await LayerChain.of({ layers: LAYERS, weights: model.getWeights() });
    const traced = model.forwardTrace(INK);
    const places = activationPlaces(LAYERS);
    const activations = chain.activations(INK);
    expect(activations.map(({ length }) => length / 5)).toEqual([24, 16, 12, 10]);
    activations.forEach((one, i) => {
      const other = traced[places[i]!]!.a.data;
      one.forEach((value, j) => expect(value).toBeCloseTo(other[j]!, 5));
    });
    chain.dispose();
  });

  it('is dense layers alone outside of training, with batch normalisation; with layer normalisation it is not', async () => {
    const layers = LAYERS.map(({ normalization, ...layer }) =>
      normalization === 'batch' ? { ...layer, normalization } : layer,
    );
    const model = await trained(layers);
    const alone = denseAlone({ layers, weights: model.getWeights() })!;
    expect(alone.layers.map((layer) => Object.keys(layer).length)).toEqual([2, 2, 2, 2]);
    const [whole, folded] = [model.predict(INK), modelOf(alone).predict(INK)];
    folded.forEach((p, i) => expect(p).toBeCloseTo(whole[i]!, 5));
    // scikit-learn, which has no normalisation, gets these.
    const alike = layers.slice(0, 1).concat(layers.slice(-1));
    const weights = (await trained(alike)).getWeights();
    expect((await writeNetwork({ layers: alike, weights }, 'sklearn')).name).toMatch(/zip$/);
    expect(denseAlone({ layers: LAYERS, weights: (await trained(LAYERS)).getWeights() })).toBeUndefined();
  });

  it('leaves in every format, or the format says what it cannot hold; and comes back', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const model = await trained(LAYERS);
    const network = { layers: LAYERS, weights: model.getWeights() };
    const refused: Partial<Record<ModelFormat, string>> = {};
    for (const { format } of OFFERS) {
      await writeNetwork(network, format).catch((error: Error) => (refused[format] = error.message));
    }
    expect(Object.keys(refused)).toEqual(['sklearn']);
    expect(refused.sklearn).toMatch(/batchNormalization/);
    for (const format of ['mlp-wasm', 'tfjs', 'onnx'] as const) {
      const { name, bytes } = await writeNetwork(network, format);
      const back = plainNetworkOf(await readModel([new File([bytes], name)], 'relu', [])).network;
      expect(back.layers.map(({ normalization, activation }) => [normalization, activation])).toEqual(
        LAYERS.map(({ normalization, activation }) => [normalization, activation]),
      );
      const [before, after] = [model.predict(INK), modelOf(back).predict(INK)];
      after.forEach((p, i) => expect(p).toBeCloseTo(before[i]!, 5));
    }
  });
});
