/** Files that other people's tools wrote: read to the same outputs, or refused by the name of what is in them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import { loadAny, type LoadAnyOptions } from 'mlp-wasm/files';
import { expectedOf, modelFiles, MODELS, worstError } from '../support/models.js';

beforeAll(() => init());

/** Files to be read; more where one comes with others or needs options. */
const ACCEPTED: Record<string, { beside?: string[]; options?: LoadAnyOptions; within?: number }> = {
  'brain_b.json': {},
  'prs_mlp.pth': {},
  'tiny_mlp.pth': {},
  'mnist_tinygrad.safetensors': { options: { activations: 'leakyRelu' } },
  'iris_pt.onnx': {},
  'knet_demo.onnx': {},
  // Ten layers: what onnxruntime says itself lies 1.05e-6 from the outputs in doubles, ours 3e-7.
  'mr_mlp.onnx': { within: 2e-6 },
  'oonx_mlp.onnx': {},
  'prs_mlp.onnx': {},
  'stroke_mlp_model.onnx': {},
  'churn_b.keras': {},
  'obesity.keras': {},
  'obesity_legacy.h5': {},
  'passfail.keras': {},
  'gesture.keras': {},
  'churn_c.h5': {},
  'first_nn.h5': {},
  'diabetes_simple.weights.h5': { beside: ['diabetes_simple.model.json'] },
  ml5_apcs: {},
  ml5_example: {},
  ml5_muse: {},
  tfjs_ttt_a: {},
};

/** Files to be refused, and what the refusal names. */
const REFUSED: Record<string, RegExp> = {
  'names_mlp.pt': /expected tensors called weight, bias.* got C \[27, 10\]/,
  'iris_svc.onnx': /got ai\.onnx\.ml\.SVMClassifier .*; onnxruntime-web runs/,
  'knet_branch.onnx': /expected a chain of layers, got Gemm/,
  'stratus.skops': /got DecisionTreeClassifier of sklearn.tree._classes/,
  'nested_container.keras': /expected a Sequential or Functional model, got a NestedDenseModel/,
  'f4neuron.h5': /conv1d: expected a layer of multilayer perceptrons, got "Conv1D"/,
  'effort.h5': /effort.h5: expected a model, got weights alone: .* options.activations/,
  tfjs_cnn: /conv_1_1: expected a layer .*got "Conv2D"/,
  tfjs_tests_graph: /'Placeholder': expected samples in rows.*got Placeholder of shape \[2,2\]/,
};

describe.skipIf(!MODELS)('Of real files', () => {
  it.each(Object.entries(ACCEPTED))('%s is read', async (name, { beside = [], options = {}, within = 1e-6 }) => {
    const model = await loadAny(modelFiles(name, ...beside), options);
    expect(worstError((x) => model.predict(x), expectedOf(name))).toBeLessThan(within);
    model.dispose();
  });

  it('effort.h5 is read with the activations given', async () => {
    const activations = ['relu', 'relu', 'relu', 'relu', 'relu', 'linear'] as const;
    const model = await loadAny(modelFiles('effort.h5'), { activations });
    expect(model.layers.map(({ units }) => units)).toEqual([64, 512, 128, 64, 8, 1]);
    expect(model.inputShape).toEqual([9]);
    model.dispose();
  });

  it.each(Object.entries(REFUSED))('%s is refused', async (name, message) => {
    await expect(loadAny(modelFiles(name))).rejects.toThrow(message);
  });
});
