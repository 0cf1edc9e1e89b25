/**
 * The package's own worker, `mlp-wasm/worker`, loaded when it is first needed and replaced when it has died. Networks
 * of the visitor live and learn there.
 */
import type { ActivationName } from 'mlp-wasm';
import type { RemoteMlp, RemoteModel } from 'mlp-wasm/worker';
import type { Settings } from '../settings/settings.js';

export type { RemoteModel };

/** The layers of a run's network. */
export function layersOf({
  hidden,
  activation,
}: Pick<Settings, 'hidden' | 'activation'>): { units: number; activation: ActivationName }[] {
  return [...hidden.map((units) => ({ units, activation })), { units: 10, activation: 'softmax' }];
}

export class TrainingWorker {
  #connection: Promise<RemoteMlp> | undefined;

  /** The worker, started where there is none. */
  connection(): Promise<RemoteMlp> {
    this.#connection ??= import('mlp-wasm/worker').then(({ connect }) =>
      // Threads need memory that is shared, which only an isolated page may have.
      connect(globalThis.crossOriginIsolated ? { threads: 'auto' } : {}),
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

  /** A new network. */
  async build({ hidden, activation, optimizer, learningRate, seed }: Settings): Promise<RemoteModel> {
    const mlp = await this.connection();
    const model = await mlp.sequential({
      seed,
      layers: layersOf({ hidden, activation }).map((layer, i) =>
        mlp.dense({ ...layer, ...(i === 0 && { inputShape: [784] as [number] }) }),
      ),
    });
    await model.compile({
      optimizer: { name: optimizer, learningRate },
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
    });
    return model;
  }

  /** The network of a checkpoint. */
  async load(checkpoint: Uint8Array<ArrayBuffer>): Promise<RemoteModel> {
    return (await this.connection()).loadCheckpoint(checkpoint);
  }
}
