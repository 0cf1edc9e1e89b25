/** The page's side of the worker that looks into a network on many digits: one piece of work after the other. */
import type { FromInside, ToInside } from '../../../shared/inside-work.js';

type Made = Exclude<FromInside, { kind: 'failure' }>;

export class InsideWorker {
  #worker: Worker | undefined;

  /** The result of a piece of work; rejects if it fails, and the next one has a new worker. */
  ask<Kind extends Made['kind']>(work: ToInside): Promise<Extract<Made, { kind: Kind }>> {
    const worker = (this.#worker ??= start());
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        worker.terminate();
        if (worker === this.#worker) this.#worker = undefined;
        reject(new Error(reason));
      };
      worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message || 'its worker could not be started');
      };
      worker.onmessage = ({ data }: MessageEvent<FromInside>) => {
        if (data.kind === 'failure') fail(data.message);
        else resolve(data as Extract<Made, { kind: Kind }>);
      };
      worker.postMessage(work);
    });
  }
}

function start(): Worker {
  return new Worker(new URL('../../../worker/inside.worker.ts', import.meta.url), { type: 'module' });
}
