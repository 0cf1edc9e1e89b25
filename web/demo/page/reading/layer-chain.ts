/**
 * A network that only reads, by the small module of `mlp-wasm/predict`: a model for each of its layers, the outputs of
 * one being the inputs of the next, because the page shows what every layer puts out.
 */
import { loadModel } from 'mlp-wasm/predict';
import type { Predictor } from 'mlp-wasm/predict';
import type { PlainNetwork } from '../../shared/model-work.js';
import { byLayer, packageLayers } from '../../shared/plain-layers.js';

export class LayerChain {
  readonly #layers: readonly Predictor[];

  private constructor(layers: readonly Predictor[]) {
    this.#layers = layers;
  }

  static async of({ layers, weights }: PlainNetwork): Promise<LayerChain> {
    const files = byLayer(layers, weights).map((own, i) => fileOf(layers[i]!, own));
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

/** Weights of the package's layers in the order of `byLayer`. */
const NAMES = {
  none: ['dense/kernel', 'dense/bias'],
  layer: ['dense/kernel', 'dense/bias', 'norm/gamma', 'norm/beta'],
  batch: ['dense/kernel', 'dense/bias', 'norm/gamma', 'norm/beta', 'norm/movingMean', 'norm/movingVariance'],
};

/** The file that `save()` would write of a model of this one layer: safetensors, with its layers in the metadata. */
function fileOf(layer: Layer, weights: readonly Weight[]): Uint8Array<ArrayBuffer> {
  const { dropout: _dropout, ...alone } = layer;
  const [dense, ...others] = packageLayers(alone, weights[0]!.shape[0]);
  const layers = [{ ...dense, name: 'dense' }, ...others.map((other, i) => ({ ...other, name: ['norm', 'last'][i] }))];
  const names = NAMES[layer.normalization ?? 'none'];
  let end = 0;
  const places = weights.map(({ data }) => [end, (end += data.byteLength)] as const);
  const header = new TextEncoder().encode(
    JSON.stringify({
      __metadata__: { format: 'mlp-wasm', version: '1', config: JSON.stringify({ name: 'layer', layers }) },
      ...Object.fromEntries(
        weights.map(({ shape }, i) => [names[i], { dtype: 'F32', shape, data_offsets: places[i] }]),
      ),
    }),
  );
  const file = new Uint8Array(8 + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  weights.forEach(({ data }, i) =>
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + header.length + places[i]![0]),
  );
  return file;
}
