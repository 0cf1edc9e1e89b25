/**
 * The package's own worker, `mlp-wasm/worker`, loaded when it is first needed and replaced when it has died. Networks
 * of the visitor live and learn there.
 */
import type { CompileOptions } from 'mlp-wasm';
import type { RemoteMlp, RemoteModel } from 'mlp-wasm/worker';
import type { PlainNetwork } from '../../shared/model-work.js';
import { configsOf } from '../../shared/plain-layers.js';
import type { NetworkSnapshot } from '../reading/snapshot.js';
import type { Settings } from '../settings/settings.js';
import { layersOf } from './layers.js';

export type { RemoteModel };

/** The way in which a run's network learns. */
export function compilation({ optimizer, learningRate }: Settings): CompileOptions {
  return {
    optimizer: { name: optimizer, learningRate },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  };
}

export class TrainingWorker {
  #connection: Promise<RemoteMlp> | undefined;

  /** The worker, started where there is none. */
  connection(): Promise<RemoteMlp> {
    this.#connection ??= import('mlp-wasm/worker').then(({ connect }) =>
      // The same bits everywhere, because a link promises the same network. Threads need memory that is shared, which
      // only an isolated page may have.
      connect({ deterministic: true, ...(globalThis.crossOriginIsolated && { threads: 'auto' }) }),
    );
    this.#connection.catch(() => (this.#connection = undefined));
    return this.#connection;
  }

  /** True if the worker has died; if so, the next call of `connection` starts another. */
  async hasDied(): Promise<boolean> {
    const connection = this.#connection;
    if (!connection) return false;
    try {
      await (await connection).backend();
      return false;
    } catch {
      if (this.#connection === connection) this.#connection = undefined;
      return true;
    }
  }

  async threads(): Promise<number> {
    return (await (await this.connection()).backend()).threads;
  }

  /** A new network, of these layers where they are not those of the settings. */
  async build(settings: Settings, layers: NetworkSnapshot['layers'] = layersOf(settings)): Promise<RemoteModel> {
    const mlp = await this.connection();
    const model = await mlp.sequential({ seed: settings.seed, layers: configsOf(layers) });
    await model.compile(compilation(settings));
    return model;
  }

  /** The checkpoint of a network that is out of a file. */
  async checkpointOf(settings: Settings, { layers, weights }: PlainNetwork): Promise<Uint8Array<ArrayBuffer>> {
    const model = await this.build(settings, layers);
    await model.setWeights([...weights]);
    const checkpoint = await model.checkpoint();
    void model.dispose().catch(() => undefined);
    return checkpoint;
  }

  /** The network of a checkpoint. */
  async load(checkpoint: Uint8Array<ArrayBuffer>): Promise<RemoteModel> {
    return (await this.connection()).loadCheckpoint(checkpoint);
  }
}
