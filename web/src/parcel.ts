/** What of a value crosses to another thread, and how: data by copy or by move, errors by class. */

const marked = new WeakSet<object>();

/**
 * Marks data to be moved to the worker rather than copied when it is sent next: an array, a buffer, or an
 * object that holds some. The memory is the worker's then; here it reads as empty, and with it all else that
 * shares the same `ArrayBuffer`. Memory that is shared between threads is neither copied nor moved.
 *
 * @returns `data`, for use within a call: `model.fit(transfer(x), y)`.
 */
export function transfer<Data extends object>(data: Data): Data {
  marked.add(data);
  return data;
}

/** Whether `value` is to be moved, this once. */
export function takeMark(value: object): boolean {
  return marked.delete(value);
}

/**
 * What crosses in place of an array: a copy of its own numbers, not of the whole buffer it may be a window
 * of.
 */
export function packView(view: ArrayBufferView, buffers: Set<Transferable>, moves: boolean): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view;
  if (moves) {
    if (buffer instanceof ArrayBuffer) buffers.add(buffer);
    return view;
  }
  // Copied here and moved from here on: a clone is copied twice, into the message and out of it.
  const copy = new Uint8Array(byteLength);
  copy.set(new Uint8Array(buffer, byteOffset, byteLength));
  buffers.add(copy.buffer);
  const type = Object.prototype.toString.call(view).slice(8, -1); // Uint8Array, also of a Node Buffer
  return new (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>)[type]!(
    copy.buffer,
  );
}

export function packBuffer(buffer: ArrayBuffer, buffers: Set<Transferable>, moves: boolean): ArrayBuffer {
  const packed = moves ? buffer : buffer.slice(0);
  buffers.add(packed);
  return packed;
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
  const isDom = error instanceof DOMException;
  const type = Object.entries(ERRORS).find(([, type]) => error instanceof type)?.[0] ?? 'Error';
  return { type: isDom ? 'DOMException' : type, name, message, stack };
}

export function unpackError(
  { type, name, message, stack }: PackedError,
  options: ErrorOptions | undefined,
): Error {
  if (type === 'DOMException') return new DOMException(message, name);
  const error = new (ERRORS[type as keyof typeof ERRORS] ?? Error)(message, options);
  // Not enumerable, as in errors that were thrown here.
  if (error.name !== name)
    Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** Whether the value of a property is data of an object, or of a class: nothing that the engine provides. */
export function isObject(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** An object's property, or nothing where it refuses. */
export function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

/** Something that differs whenever the property does. */
export function comparable(value: unknown): unknown {
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** Properties of an object, its own and its classes'. */
export function propertiesOf(value: object): Map<string, PropertyDescriptor> {
  const properties = new Map<string, PropertyDescriptor>();
  for (let from = value; from && from !== Object.prototype; from = Object.getPrototypeOf(from) as object) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(from))) {
      if (name !== 'constructor' && !properties.has(name)) properties.set(name, descriptor);
    }
  }
  return properties;
}
