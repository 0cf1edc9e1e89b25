/** The worker that makes and reads digits: off the page's thread, and gone when it is done. */
import type { DigitSplit, Doing, FromWorker, ToWorker } from '../shared/digit-work.js';
import { faultOf } from './digit-fault.js';
import { contentOf, loadDigits } from './digit-sets.js';

let go: () => void = () => undefined;

const post = (message: FromWorker, buffers: Transferable[] = []): void =>
  (globalThis as unknown as Worker).postMessage(message, buffers);

async function progress(doing: Doing, fraction: number): Promise<void> {
  const next = new Promise<void>((resolve) => (go = resolve));
  post({ kind: 'progress', doing, fraction });
  await next;
}

function buffersOf({ training, heldOut }: DigitSplit): Transferable[] {
  return [training, heldOut].flatMap(({ pixels, labels }) => [pixels.buffer, labels.buffer]);
}

async function work(message: ToWorker): Promise<void> {
  if (message.kind === 'inspect') {
    post({ kind: 'content', content: await contentOf(message.file) });
  } else if (message.kind === 'load') {
    const split = await loadDigits(message.source, progress);
    post({ kind: 'digits', split }, buffersOf(split));
  }
}

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'go') go();
  else {
    work(data).catch((error: unknown) => post({ kind: 'failure', fault: faultOf(error) }));
  }
});
