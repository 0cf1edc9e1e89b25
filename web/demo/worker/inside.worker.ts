/** The worker that looks into a network on many digits: off the page's thread, and gone when the page ends it. */
import { init } from 'mlp-wasm';
import type { Embedding, FromInside, ToInside } from '../shared/inside-work.js';
import { faultOf } from './digit-fault.js';
import { embed } from './inside/embedding.js';
import { studiedDigits, trainingDigits } from './inside/studied-digits.js';
import { surfaceOf } from './inside/surface.js';

/** The embedding that was made last. */
let last: { key: string; embedding: Embedding } | undefined;

const post = (message: FromInside): void => (globalThis as unknown as Worker).postMessage(message);

async function work(wanted: ToInside): Promise<FromInside> {
  await init();
  if (wanted.kind === 'surface') {
    const digits = await trainingDigits(wanted.source);
    const surface = await surfaceOf(wanted, digits, (fraction) => post({ kind: 'progress', fraction }));
    return { kind: 'surface', surface };
  }
  const { network, studied } = wanted;
  const digits = await studiedDigits(studied);
  const embedding = embed(network, digits, last?.key === studied.key ? last.embedding : undefined);
  last = { key: studied.key, embedding };
  return { kind: 'embedding', embedding };
}

addEventListener('message', ({ data }: MessageEvent<ToInside>) => {
  work(data).then(post, (error: unknown) => post({ kind: 'failure', fault: faultOf(error) }));
});
