/** The page's side of the worker that looks into a network on many digits: one piece of work after the other. */
import type { FromInside, ToInside } from '../../../shared/inside-work.js';
import { digitWords as say, reasonOf } from '../../words/digit-work.js';

type Made = Exclude<FromInside, { kind: 'progress' | 'failure' }>;

interface Watch {
  signal?: AbortSignal;
  /** Hears how much is done, in [0, 1]. */
  onProgress?: (fraction: number) => void;
}

export class InsideWorker {
  #worker: Worker | undefined;

  /** The result of a piece of work; rejects if it fails or is aborted, and the next one has a new worker. */
  ask<Kind extends Made['kind']>(
    work: ToInside,
    { signal, onProgress }: Watch = {},
  ): Promise<Extract<Made, { kind: Kind }>> {
    const worker = (this.#worker ??= start());
    return new Promise((resolve, reject) => {
      const fail = (reason: Error): void => {
        worker.terminate();
        if (worker === this.#worker) this.#worker = undefined;
        reject(reason);
      };
      signal?.addEventListener('abort', () => fail(signal.reason as Error));
      worker.onerror = (event) => {
        event.preventDefault();
        fail(new Error(reasonOf(event)));
      };
      worker.onmessage = ({ data }: MessageEvent<FromInside>) => {
        // A part of the view's own sentence
        if (data.kind === 'failure') fail(new Error(say.fault(data.fault).replace(/\.$/, '')));
        else if (data.kind === 'progress') onProgress?.(data.fraction);
        else resolve(data as Extract<Made, { kind: Kind }>);
      };
      worker.postMessage(work);
    });
  }

  /** Lets the worker go, until there is work again. */
  rest(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function start(): Worker {
  return new Worker(new URL('../../../worker/inside.worker.ts', import.meta.url), { type: 'module' });
}
