/** Values on their way to another thread: data is copied or moved, errors keep their class. */
import { isArrayBuffer, tagOf } from '../check/realm.js';

const marked = new WeakSet<object>();

/**
 * Marks data to be moved to the worker rather than copied when it is sent next: an array, a buffer, or an
 * object that holds some. The memory belongs to the worker then; here it reads as empty, in every array on the
 * same `ArrayBuffer`. Memory that is shared between threads is neither copied nor moved. If a call is refused
 * here, because something in it cannot be sent, nothing has been moved.
 *
 * @returns `data`, for use within a call: `model.fit(transfer(x), y)`.
 */
export function transfer<Data extends object>(data: Data): Data {
  marked.add(data);
  return data;
}

/** The buffers that a message moves, gathered while it is packed. */
export class Moves {
  readonly buffers = new Set<Transferable>();
  readonly #taken: object[] = [];

  /** True if `value` is marked to be moved; takes the mark away. */
  takeMark(value: object): boolean {
    if (!marked.delete(value)) return false;
    this.#taken.push(value);
    return true;
  }

  /** Gives the marks back, because the message was not sent. */
  undo(): void {
    for (const value of this.#taken) marked.add(value);
  }

  /**
   * The array to send in place of `view`: only its own numbers, because its buffer may hold more than them.
   *
   * @param argument its name, for the error if its memory was moved before
   */
  view(view: ArrayBufferView, moves: boolean, argument: string): ArrayBufferView {
    const { buffer, byteOffset, byteLength } = view;
    if (isArrayBuffer(buffer)) checkAttached(buffer, argument);
    if (moves) {
      if (isArrayBuffer(buffer)) this.buffers.add(buffer);
      return view;
    }
    // A copy that is then moved, because a clone is copied twice: into the message and out of it.
    const copy = new Uint8Array(byteLength);
    copy.set(new Uint8Array(buffer, byteOffset, byteLength));
    this.buffers.add(copy.buffer);
    const type = tagOf(view); // Uint8Array, also of a Node Buffer
    return new (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>)[type]!(
      copy.buffer,
    );
  }

  buffer(buffer: ArrayBuffer, moves: boolean, argument: string): ArrayBuffer {
    checkAttached(buffer, argument);
    const packed = moves ? buffer : buffer.slice(0);
    this.buffers.add(packed);
    return packed;
  }
}

/** @throws {TypeError} where the memory was moved to another thread before. */
function checkAttached(buffer: ArrayBuffer, argument: string): void {
  if (buffer.byteLength > 0) return; // it is 0 after a move
  try {
    new Uint8Array(buffer);
  } catch {
    throw new TypeError(`${argument}: expected data, got an array that was moved to another thread before (transfer)`);
  }
}

/** An error as data; its `cause` apart. */
export interface PackedError {
  type: string;
  name: string;
  message: string;
  stack: string | undefined;
}

/** Classes of errors that keep theirs; others arrive as an `Error` with their name. */
const ERRORS = { TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError };

export function packError(error: Error): PackedError {
  const { name, message, stack } = error;
  const type = tagOf(error) === 'DOMException' ? 'DOMException' : classOf(error);
  return { type, name, message, stack };
}

/** The class of {@link ERRORS} that an error, of whatever realm, is an instance of. */
function classOf(error: Error): string {
  for (let from: unknown = error; from; from = Object.getPrototypeOf(from)) {
    const name = (from as Partial<Error>).constructor?.name;
    if (name !== undefined && Object.hasOwn(ERRORS, name)) return name;
  }
  return 'Error';
}

export function unpackError({ type, name, message, stack }: PackedError, options: ErrorOptions | undefined): Error {
  if (type === 'DOMException') return new DOMException(message, name);
  const error = new (ERRORS[type as keyof typeof ERRORS] ?? Error)(message, options);
  // Not enumerable, as in errors that were thrown here.
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true });
  if (stack !== undefined) error.stack = stack;
  return error;
}
