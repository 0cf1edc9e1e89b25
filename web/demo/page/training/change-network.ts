/**
 * Another dropout or activation in the middle of a training: the checkpoint's description of its layers is changed, while
 * its weights, the optimizer's state and the position stay as they are.
 */
import { readSafetensors, writeSafetensors } from 'mlp-wasm';
import type { LayerConfig } from 'mlp-wasm';
import { packageLayers } from '../../shared/plain-layers.js';
import type { PlainLayer } from '../../shared/plain-layers.js';
import type { Settings } from '../settings/settings.js';
import { language } from '../words/language.js';
import type { Language } from '../words/language.js';
import { fixed } from '../words/numbers.js';
import { isSameNetwork, layersOf } from './layers.js';
import { networkOf } from './run.js';
import type { Run } from './run.js';
import type { RemoteModel, TrainingWorker } from './worker.js';

/** For the rest of the run. */
const NOTE: Readonly<Record<Language, (epoch: string) => string>> = {
  en: (epoch) => `Its settings were changed at epoch ${epoch}.`,
  de: (epoch) => `Bei Epoche ${epoch} wurden Einstellungen geändert.`,
};

/** A network with other settings, and what becomes of its run. */
export interface ChangedNetwork {
  model: RemoteModel;
  patch: Partial<Run>;
}

/** The network with the settings that are wanted; the same one, where they are not of its layers. */
export async function takeSettings(
  wanted: Settings,
  model: RemoteModel,
  run: Run,
  worker: TrainingWorker,
): Promise<ChangedNetwork> {
  const { layers: _layers, augmentation: before, ...others } = run.settings!;
  const { layers, augmentation, activation } = wanted;
  const settings = { ...others, activation, ...(layers && { layers }), ...(augmentation && { augmentation }) };
  const network = layersOf(settings);
  const isSame = isSameNetwork(network, networkOf(run));
  const patch: Partial<Run> = {
    settings,
    ...((!isSame || augmentation !== before) && { isTouched: true, note: NOTE[language](fixed(run.epoch, 1)) }),
    ...(run.opened && { opened: { ...run.opened, layers: network } }),
  };
  if (isSame) return { model, patch };
  const next = await worker.load(withLayers(await model.checkpoint(), network));
  next.learningRate = settings.learningRate;
  return { model: next, patch };
}

type NamedLayer = LayerConfig & { name: string };

/** @param layers of the same units and normalisations as those of the checkpoint */
export function withLayers(checkpoint: Uint8Array, layers: readonly PlainLayer[]): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = readSafetensors(checkpoint);
  const config = JSON.parse(metadata['config']!) as { layers: NamedLayer[] };
  const text = JSON.stringify({ ...config, layers: changed(config.layers, layers) });
  return writeSafetensors(tensors, { ...metadata, config: text });
}

function changed(old: readonly NamedLayer[], layers: readonly PlainLayer[]): LayerConfig[] {
  const lasting = old.filter(({ className }) => className !== 'dropout');
  let at = 0;
  return layers.flatMap((layer) => {
    const [wanted, dropout] = [packageLayers({ ...layer, dropout: 0 }), layer.dropout ?? 0];
    const own = wanted.map((one) => {
      const known = lasting[at++]!;
      return { ...known, ...('activation' in one && { activation: { name: one.activation } }) } as NamedLayer;
    });
    // Named after the layer before it, because a name by its place could be another layer's.
    return dropout > 0
      ? [...own, { className: 'dropout' as const, name: `${own[0]!.name}_dropout`, rate: dropout }]
      : own;
  });
}
