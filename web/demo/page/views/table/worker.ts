/** The page's end of the worker of "Your table": a promise for each task, and a new worker where one has died. */
import type { EpochFigures, Fault, FromTable, TableTasks, TaskName } from '../../../shared/table-work.js';
import { reasonOf } from '../../words/digit-work.js';

/** A task that was refused, with the reason. */
export class Refused extends Error {
  constructor(readonly fault: Fault) {
    super(JSON.stringify(fault));
  }
}

interface Waiting {
  resolve(give: unknown): void;
  reject(error: Error): void;
  onEpoch?: ((figures: EpochFigures) => void) | undefined;
}

export class TableWorker {
  #worker: Worker | undefined;
  #deaths = 0;
  #next = 0;
  readonly #waiting = new Map<number, Waiting>();

  /** True if the worker has died, and no other was started since. */
  get hasDied(): boolean {
    return this.#deaths > 0 && !this.#worker;
  }

  /** @param onEpoch hears the figures of a training's epochs */
  do<Name extends TaskName>(
    task: Name,
    take: TableTasks[Name]['take'],
    onEpoch?: (figures: EpochFigures) => void,
  ): Promise<TableTasks[Name]['give']> {
    this.#worker ??= this.#start();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve, reject, onEpoch });
      this.#worker!.postMessage({ id, task, take });
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL('../../../worker/table.worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<FromTable>) => {
      if ('epoch' in data) {
        this.#waiting.get(data.of)?.onEpoch?.(data.epoch);
        return;
      }
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ('fault' in data) waiting?.reject(new Refused(data.fault));
      else waiting?.resolve(data.give);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#fail(reasonOf(event));
    });
    return worker;
  }

  /** Ends the worker; what it was doing is refused. */
  #fail(text: string): void {
    this.#worker?.terminate();
    this.#deaths++;
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(new Refused({ fault: 'other', text }));
    this.#waiting.clear();
  }
}
