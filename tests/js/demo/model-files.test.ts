/** Networks of the page as files of other tools, and back. */
import {
  batchNormalization,
  dense,
  dropout,
  gaussianNoise,
  init,
  readSafetensors,
  sequential,
  writeSafetensors,
} from 'mlp-wasm';
import type { Sequential } from 'mlp-wasm';
import { exportModel } from 'mlp-wasm/files';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelFormat, PlainNetwork } from '../../../web/demo/shared/model-work.js';
import { OFFERS, sizeOf } from '../../../web/demo/page/views/share/formats.js';
import { readModel, writeNetwork, writeTraining } from '../../../web/demo/worker/model-files.js';
import { modelOf, plainNetworkOf, Unfit } from '../../../web/demo/worker/plain-network.js';

beforeAll(() => init());
/** The sentences of the library on the console. */
const remarks: string[] = [];
beforeEach(() => {
  remarks.length = 0;
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void remarks.push(text));
});

const INK = Float32Array.from({ length: 5 * 784 }, (_, i) => Math.max(0, Math.sin(i * i)));

function network(outputs: number, hidden: number[] = [16], seed = 3): PlainNetwork {
  const layers = [
    ...hidden.map((units) => ({ units, activation: 'sigmoid' as const })),
    { units: outputs, activation: 'softmax' as const },
  ];
  const model = sequential({
    seed,
    layers: layers.map((layer, i) => dense(i === 0 ? { ...layer, inputShape: [784] } : layer)),
  });
  return { layers, weights: model.getWeights() };
}

const answers = (model: Sequential): number[] => [...model.predict(INK)];
const file = async (of: PlainNetwork, format: ModelFormat): Promise<File> => {
  const { name, bytes } = await writeNetwork(of, format);
  return new File([bytes], name);
};
const reasonOf = (model: Sequential): unknown => {
  try {
    return plainNetworkOf(model);
  } catch (error) {
    if (error instanceof Unfit) return error.reason;
    throw error;
  }
};

describe('A network of the page', () => {
  it.each(['mlp-wasm', 'pytorch', 'tfjs', 'onnx', 'numpy'] as const)(
    'comes back from its own file for %s as it left, archive or not',
    async (format) => {
      const of = network(10);
      const back = plainNetworkOf(await readModel([await file(of, format)], 'relu', remarks));
      expect(back.network.layers).toEqual(of.layers);
      const [before, after] = [answers(modelOf(of)), answers(modelOf(back.network))];
      after.forEach((p, i) => expect(p).toBeCloseTo(before[i]!, 5));
    },
  );

  it.each(['keras', 'sklearn'] as const)('for %s is for a program, and refused as that', async (format) => {
    const given = await file(network(10), format);
    await expect(readModel([given], 'relu', remarks)).rejects.toMatchObject({ reason: { misfit: 'program' } });
  });

  it('leaves its output for no digit behind, where it opens as ten digits and in the page for people', async () => {
    const of = network(11);
    const { network: back, remarks: changes } = plainNetworkOf(
      await readModel([await file(of, 'mlp-wasm')], 'relu', remarks),
    );
    expect(changes).toEqual([{ remark: 'no-digit' }]);
    expect(back.layers.at(-1)).toEqual({ units: 10, activation: 'softmax' });
    const [eleven, ten] = [answers(modelOf(of)), answers(modelOf(back))];
    for (let row = 0; row < 5; row++) {
      const sum = eleven.slice(11 * row, 11 * row + 10).reduce((a, b) => a + b);
      for (let i = 0; i < 10; i++) expect(ten[10 * row + i]).toBeCloseTo(eleven[11 * row + i]! / sum, 5);
    }
    expect(new TextDecoder().decode((await writeNetwork(of, 'html')).bytes)).toContain('<canvas');
  });

  it.each([
    [10, [16]],
    [11, [128, 64]],
  ])('has files of about the size that is said: %i outputs behind %j', async (outputs, hidden) => {
    const of = network(outputs, hidden);
    for (const offer of OFFERS) {
      const { name, bytes } = await writeNetwork(of, offer.format);
      expect.soft(sizeOf(offer, of) / bytes.length, `${offer.format}: ${name}, ${bytes.length}`).toBeGreaterThan(0.85);
      expect.soft(sizeOf(offer, of) / bytes.length, `${offer.format}: ${name}, ${bytes.length}`).toBeLessThan(1.15);
    }
  });

  it('gives PyTorch its training with the digits', async () => {
    const model = modelOf(network(10));
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    const digits = { pixels: new Uint8Array(20 * 784).fill(7), labels: new Uint8Array(20).fill(3) };
    const { name, bytes } = await writeTraining(model.checkpoint(), digits, { epochs: 4, batchSize: 8 });
    expect(name).toBe('digits-training.zip');
    expect(new TextDecoder('latin1').decode(bytes)).toContain('data/00000.safetensors');
    const other = modelOf(network(10));
    other.compile({ optimizer: 'nadam', loss: 'sparseCategoricalCrossentropy' });
    await expect(writeTraining(other.checkpoint(), digits, { epochs: 4, batchSize: 8 })).rejects.toThrow(/nadam/);
  });
});

describe('A model of another tool', () => {
  const input = { inputShape: [784] as [number] };

  it('gets softmax where its outputs were logits, and loses layers that the page does not know and that work in training alone', () => {
    const model = sequential({
      layers: [
        dense({ units: 8, activation: 'tanh', ...input }),
        dropout({ rate: 0.5 }),
        gaussianNoise({ stddev: 0.1 }),
        dense({ units: 10 }),
      ],
    });
    const { network: read, remarks: changes } = plainNetworkOf(model);
    expect(read.layers).toEqual([
      { units: 8, activation: 'tanh', dropout: 0.5 },
      { units: 10, activation: 'softmax' },
    ]);
    expect(changes.map(({ remark }) => remark)).toEqual(['left-out', 'softmax']);
  });

  it('is refused by name where it does not fit', () => {
    const softmax = { units: 10, activation: 'softmax' } as const;
    expect(reasonOf(sequential({ layers: [dense({ ...softmax, inputShape: [64] })] }))).toEqual({
      misfit: 'inputs',
      found: 64,
    });
    expect(reasonOf(sequential({ layers: [dense({ ...softmax, units: 26, ...input })] }))).toEqual({
      misfit: 'outputs',
      found: 26,
    });
    expect(reasonOf(sequential({ layers: [dense({ units: 10, activation: 'sigmoid', ...input })] }))).toEqual({
      misfit: 'last',
      activation: 'sigmoid',
    });
    expect(
      reasonOf(sequential({ layers: [batchNormalization({ name: 'norm', ...input }), dense(softmax)] })),
    ).toMatchObject({ misfit: 'layer', layer: 'norm', kind: 'batchNormalization' });
    const steep = { name: 'leakyRelu', alpha: 0.3 } as const;
    expect(
      reasonOf(sequential({ layers: [dense({ units: 4, activation: steep, name: 'h', ...input }), dense(softmax)] })),
    ).toMatchObject({ misfit: 'activation', layer: 'h' });
  });

  it('of weights alone gets the activation that was chosen, and what else was said of it stays said', async () => {
    const of = network(10, [12]);
    const [safetensors] = await exportModel(modelOf(of), 'pytorch');
    const alone = new File([writeSafetensors(readSafetensors(safetensors!.bytes).tensors)], 'weights.safetensors');
    const { network: read } = plainNetworkOf(await readModel([alone], 'tanh', remarks));
    expect(read.layers[0]!.activation).toBe('tanh');
    expect(remarks.filter((text) => /has no activations/.test(text))).toEqual([]);
  });

  it('is no file at all: the sentence says what came', async () => {
    const cat = new File(['meow'], 'cat.txt');
    await expect(readModel([cat], 'relu', remarks)).rejects.toThrow(/expected a file of .*"cat\.txt"|cat\.txt/);
  });
});
