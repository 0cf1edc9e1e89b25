/** `http://`, `https://` and addresses relative to the page: the file is the body of a request or of its answer. */
import { beginningOf } from '../check/bytes.js';
import { messageOf, type ByteArray } from '../check/realm.js';
import { readAll } from './reading.js';
import { refusal, type Place, type Store, type TransferOptions } from './store.js';

export const http: Store = {
  async save(place, bytes, { signal, headers, credentials, method = 'PUT' }) {
    const sent = new Headers(headers);
    if (!sent.has('content-type')) sent.set('content-type', 'application/octet-stream');
    return ask(place, signal, { method, headers: sent, body: bytes, ...(credentials && { credentials }) });
  },

  async load(place, options) {
    const { signal, headers, credentials } = options;
    const response = await ask(place, signal, { ...(headers && { headers }), ...(credentials && { credentials }) });
    const bytes = await bodyOf(response, place, options);
    if (bytes.length === 0) throw refusal(place, `expected a file, got an answer of 0 bytes (${statusOf(response)})`);
    // By content, because servers send pages as files and files as pages.
    if (/^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(textOf(bytes))) {
      throw refusal(place, `expected a file, got one that begins with ${beginningOf(bytes)}`);
    }
    return bytes;
  },
};

/** `blob:` and `data:` addresses, which `fetch` reads too, as far as the page's Content-Security-Policy allows it. */
export const inline: Store = { load: http.load! };

/** The body of an answer, as long as the server said. */
async function bodyOf(response: Response, place: Place, options: TransferOptions): Promise<ByteArray> {
  const { headers, body } = response;
  const length = headers.get('content-length');
  // The length of a compressed file is another; the answer of another origin hides whether it is.
  const isPlain = response.type !== 'cors' && !headers.has('content-encoding');
  const total = length === null || headers.has('content-encoding') ? undefined : Number(length);
  const bytes = body
    ? await readAll(body, total, options, (cause) =>
        refusal(place, `the connection broke off: ${messageOf(cause)}`, cause),
      )
    : new Uint8Array(0);
  if (isPlain && total !== undefined && bytes.length !== total) {
    throw refusal(place, `expected ${total} bytes, as the server said, got ${bytes.length}: the file is truncated`);
  }
  return bytes;
}

/** A remedy for each of the answers that have one. */
const CURES: Record<number, string> = {
  401: ': it wants to know who asks; give headers, or credentials',
  403: ': it does not allow this; give headers, or credentials',
  404: ': is the address right?',
  405: ': it takes no such request there; save has the option method',
  413: ': the file is larger than it takes',
  429: ': it was asked too often; try later',
};

/** @throws {Error} naming the address, where nobody answers or the answer is a refusal. */
async function ask(place: Place, signal: AbortSignal | undefined, request: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(place.url, { ...request, ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    const deeper = (cause as { cause?: unknown }).cause; // in Node the reason
    const reason = deeper === undefined ? messageOf(cause) : `${messageOf(cause)}: ${reasonOf(deeper)}`;
    const hint = globalThis.document
      ? '. Either there is no connection, or the server does not allow this page to ask (CORS, Content-Security-Policy)'
      : '';
    throw refusal(place, `no answer: ${reason}${hint}`, cause);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  throw refusal(place, `the server answered ${statusOf(response)}${CURES[response.status] ?? ''}`);
}

function statusOf({ status, statusText }: Response): string {
  return `${status} ${statusText}`.trim();
}

/** Node's errors of a connection that was tried at several addresses have a code and no message. */
function reasonOf(cause: unknown): string {
  return messageOf(cause) || String((cause as { code?: unknown }).code);
}

/** The beginning of a file, as text of one byte a character. */
function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 100)).replace(/^\u00ef\u00bb\u00bf/, '');
}
