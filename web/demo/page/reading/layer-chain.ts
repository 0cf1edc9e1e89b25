/**
 * A network that only reads, by the small module of `mlp-wasm/predict`: a model for each of its layers, the outputs of
 * one being the inputs of the next, because the page shows what every layer puts out.
 */
import { loadModel } from 'mlp-wasm/predict';
import type { Predictor } from 'mlp-wasm/predict';
import type { PlainNetwork } from '../../shared/model-work.js';

export class LayerChain {
  readonly #layers: readonly Predictor[];

  private constructor(layers: readonly Predictor[]) {
    this.#layers = layers;
  }

  static async of({ layers, weights }: PlainNetwork): Promise<LayerChain> {
    const files = layers.map((layer, i) => fileOf(layer, weights[2 * i]!, weights[2 * i + 1]!));
    return new LayerChain(await Promise.all(files.map((file) => loadModel(file))));
  }

  /** The activations of each layer, rows × units. */
  activations(x: Float32Array): Float32Array[] {
    const all: Float32Array[] = [];
    for (const layer of this.#layers) all.push(layer.predict(all.at(-1) ?? x));
    return all;
  }

  dispose(): void {
    for (const layer of this.#layers) layer.dispose();
  }
}

type Layer = PlainNetwork['layers'][number];
type Weight = PlainNetwork['weights'][number];

/** The file that `save()` would write of a model of this one dense layer: safetensors, with its layers in the metadata. */
function fileOf(layer: Layer, kernel: Weight, bias: Weight): Uint8Array<ArrayBuffer> {
  const config = { name: 'layer', layers: [{ className: 'dense', ...layer, inputShape: [kernel.shape[0]] }] };
  const kernelBytes = kernel.data.byteLength;
  const header = new TextEncoder().encode(
    JSON.stringify({
      __metadata__: { format: 'mlp-wasm', version: '1', config: JSON.stringify(config) },
      'dense/kernel': { dtype: 'F32', shape: kernel.shape, data_offsets: [0, kernelBytes] },
      'dense/bias': {
        dtype: 'F32',
        shape: bias.shape,
        data_offsets: [kernelBytes, kernelBytes + bias.data.byteLength],
      },
    }),
  );
  const file = new Uint8Array(8 + header.length + kernelBytes + bias.data.byteLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  [kernel, bias].reduce((at, { data }) => {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    return at + data.byteLength;
  }, 8 + header.length);
  return file;
}
