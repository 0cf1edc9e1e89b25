/** The page's side of the worker that makes digits. */
import type { DataSource, DigitSplit, FileContent, FromWorker, ToWorker } from '../../shared/digit-work.js';
import type { Settings } from '../settings/settings.js';

type Ending = Exclude<FromWorker, { kind: 'progress' | 'failure' }>;

/** Hears of progress, in a sentence; the work goes on when what it returns resolves. */
type OnProgress = (doing: string, fraction: number) => Promise<unknown>;

/** Generated digits, as settings want them. */
export function generatedSource({ count, seed }: Pick<Settings, 'count' | 'seed'>): DataSource {
  return { kind: 'digits', key: `${count} digits, seed ${seed}`, count, seed };
}

/** The set that was made last; two at once may not fit into memory. */
let kept: { key: string; split: DigitSplit } | undefined;

/** The set of this name, where it is at hand. */
export function digitsAtHand(key: string): DigitSplit | undefined {
  return kept?.key === key ? kept.split : undefined;
}

/** The digits of `source`; rejects with the signal's reason when it aborts. */
export async function digitsOf(source: DataSource, signal: AbortSignal, onProgress: OnProgress): Promise<DigitSplit> {
  const atHand = digitsAtHand(source.key);
  if (atHand) return atHand;
  kept = undefined;
  const { split } = await ask<'digits'>({ kind: 'load', source }, signal, onProgress);
  kept = { key: source.key, split };
  return split;
}

/** The content of a file of MNIST's format; rejects with the rest of a sentence that the file's name begins. */
export async function inspect(file: File): Promise<FileContent> {
  return (await ask<'content'>({ kind: 'inspect', file }, new AbortController().signal, () => Promise.resolve()))
    .content;
}

async function ask<Kind extends Ending['kind']>(
  work: ToWorker,
  signal: AbortSignal,
  onProgress: OnProgress,
): Promise<Extract<Ending, { kind: Kind }>> {
  const { digitWords: say } = await import('../words/digit-work.js');
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const worker = new Worker(new URL('../../worker/digits.worker.ts', import.meta.url), { type: 'module' });
    const end = (): void => {
      worker.terminate();
      signal.removeEventListener('abort', abort);
    };
    const fail = (reason: Error): void => {
      end();
      reject(reason);
    };
    const abort = (): void => fail(signal.reason as Error);
    const post = (message: ToWorker): void => worker.postMessage(message);
    signal.addEventListener('abort', abort);
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      fail(new Error(say.stopped(event.message ? `: ${event.message}` : '')));
    });
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'progress') {
        void onProgress(say.doing(data.doing), data.fraction).then(() => post({ kind: 'go' }));
      } else if (data.kind === 'failure') {
        fail(new Error(say.fault(data.fault)));
      } else {
        end();
        resolve(data as Extract<Ending, { kind: Kind }>);
      }
    });
    post(work);
  });
}
