/** NumPy out: every weight under its name, and the architecture as JSON in an array of bytes. */
import { exampleOf, examplesToJson, type ModelDescription } from '../description.js';
import type { ExportedFile } from '../options.js';
import type { Sequential } from '../../index.js';
import { zip } from '../write-zip.js';
import { ARCHITECTURE } from './marks.js';
import { writeNpy } from './write-npy.js';

/** `model.npz`: in Python `numpy.load('model.npz')['dense/kernel']`. */
export function write(
  _: string,
  { inputShape, name, layers, classNames, featureNames, metadata }: ModelDescription,
  model: Sequential,
): Promise<ExportedFile[]> {
  const json = {
    format: 'mlp-wasm',
    name,
    inputShape,
    layers: layers.map(({ layer }) => layer),
    ...(classNames && { classNames }),
    ...(featureNames && { featureNames }),
    ...(metadata && { metadata }),
    examples: examplesToJson(exampleOf(model)),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  const weights = layers.flatMap((layer) => layer.weights);
  const files = weights.map(({ name: weight, shape, data }) => ({
    name: `${weight}.npy`,
    bytes: writeNpy(shape, data),
  }));
  const archive = zip([...files, { name: `${ARCHITECTURE}.npy`, bytes: writeNpy([bytes.length], bytes) }]);
  return Promise.resolve([{ name: 'model.npz', bytes: archive }]);
}
