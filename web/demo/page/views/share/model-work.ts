/** The page's side of the worker that writes and reads files of models. */
import type { FromModelWorker, Misfit, ToModelWorker } from '../../../shared/model-work.js';
import { reasonOf } from '../../words/digit-work.js';
import { words } from './words.js';

/** A model that was read but cannot answer on the page. */
export class Unfit extends Error {
  constructor(readonly reason: Misfit) {
    super(reason.misfit);
  }
}

type Made<Kind> = Extract<FromModelWorker, { kind: Kind }>;

/**
 * The result of a piece of work; rejects with the signal's reason when it aborts.
 *
 * @throws {Unfit} if a model cannot answer here.
 */
export function askForFile(
  work: Extract<ToModelWorker, { kind: 'write' | 'training' }>,
  signal?: AbortSignal,
): Promise<Made<'file'>> {
  return ask<'file'>(work, signal);
}

export function askForNetwork(work: Extract<ToModelWorker, { kind: 'read' }>): Promise<Made<'network'>> {
  return ask<'network'>(work);
}

function ask<Kind extends 'file' | 'network'>(work: ToModelWorker, signal?: AbortSignal): Promise<Made<Kind>> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const worker = new Worker(new URL('../../../worker/models.worker.ts', import.meta.url), { type: 'module' });
    const end = (): void => {
      worker.terminate();
      signal?.removeEventListener('abort', abort);
    };
    const fail = (reason: Error): void => {
      end();
      reject(reason);
    };
    const abort = (): void => fail(signal!.reason as Error);
    signal?.addEventListener('abort', abort);
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      fail(new Error(reasonOf(event)));
    });
    worker.addEventListener('message', ({ data }: MessageEvent<FromModelWorker>) => {
      if (data.kind === 'failure') return fail(new Error(words.library(plain(data.message))));
      if (data.kind === 'misfit') return fail(new Unfit(data.misfit));
      end();
      resolve(data as Made<Kind>);
    });
    worker.postMessage(work);
  });
}

/** A sentence of the library without the name of the function that the visitor did not call. */
function plain(text: string): string {
  return text.replace(/^loadAny: (?:source: )?/, '');
}
