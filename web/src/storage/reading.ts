/** Reads what comes in pieces: the body of an answer, or a `Blob`. */
import type { ByteArray } from '../check/realm.js';
import type { TransferOptions } from './store.js';

/**
 * All bytes of a stream.
 *
 * @param total its length, as far as anybody knows
 * @param broken makes the error for a stream that fails
 * @throws the error of `broken`, what `onProgress` throws, and the signal's reason; the stream is then let go.
 */
export async function readAll(
  stream: ReadableStream<Uint8Array>,
  total: number | undefined,
  { signal, onProgress }: TransferOptions,
  broken: (cause: unknown) => Error,
): Promise<ByteArray> {
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  const reader = stream.getReader();
  const stop = () => void reader.cancel(signal?.reason).catch(() => {});
  signal?.addEventListener('abort', stop);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw broken(cause);
      });
      signal?.throwIfAborted();
      if (done) break;
      chunks.push(value);
      loaded += value.length;
      // Whoever reads tells the end. A total that turns out too small was that of the compressed file.
      if (loaded !== total) onProgress?.({ loaded, ...(total !== undefined && loaded < total && { total }) });
    }
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  const whole = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
