/**
 * Protocol Buffers' wire format: fields of numbers, of eight or four bytes, and of bytes with their length before them.
 * Every length is held against the bytes that there are, so that a file cannot promise more than it has.
 */
import { malformed } from '../../check/bytes.js';

/** How a field is stored. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** A field of a message. It is one object for all fields of it: what is needed of it has to be taken at once. */
export interface Field {
  number: number;
  wire: number;
  /** Of a VARINT: its value as a signed 64-bit integer, beyond 2⁵³ rounded; else 0. */
  int: number;
  /** Of all but a VARINT: the bytes, which are the file's own. */
  bytes: Uint8Array;
}

const NONE = new Uint8Array(0);

/**
 * The fields of a message, in their order.
 *
 * @param where opens the errors
 * @throws {RangeError} where the bytes are no message.
 */
export function* fieldsOf(where: string, bytes: Uint8Array): Generator<Field, void> {
  const field: Field = { number: 0, wire: 0, int: 0, bytes: NONE };
  const cursor = { where, bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const tag = varint(cursor);
    field.number = Math.floor(tag / 8);
    field.wire = ((tag % 8) + 8) % 8;
    field.int = 0;
    field.bytes = NONE;
    if (field.number < 1 || field.number >= 2 ** 29) {
      throw malformed(where, 'a message of Protocol Buffers', `a field of number ${field.number}`);
    }
    if (field.wire === VARINT) field.int = varint(cursor);
    else if (field.wire === FIXED64) field.bytes = take(cursor, 8);
    else if (field.wire === FIXED32) field.bytes = take(cursor, 4);
    else if (field.wire === BYTES) field.bytes = take(cursor, varint(cursor));
    else throw malformed(where, 'a message of Protocol Buffers', `a field of wire type ${field.wire}`);
    yield field;
  }
}

interface Cursor {
  where: string;
  bytes: Uint8Array;
  at: number;
}

function take(cursor: Cursor, length: number): Uint8Array {
  const { where, bytes, at } = cursor;
  const left = bytes.length - at;
  if (length < 0 || length > left) throw malformed(where, `${length} bytes`, `only ${left}: the file is cut or broken`);
  cursor.at = at + length;
  return bytes.subarray(at, cursor.at);
}

/** A number of seven bits in each byte, the lowest first, as a signed 64-bit integer. */
function varint(cursor: Cursor): number {
  const { bytes } = cursor;
  let [low, high] = [0, 0];
  for (let i = 0; i < 10; ++i) {
    if (cursor.at >= bytes.length) throw malformed(cursor.where, 'a number', 'the end: the file is cut or broken');
    const byte = bytes[cursor.at++]!;
    const bits = byte & 0x7f;
    if (i < 4) low |= bits << (7 * i);
    else if (i === 4) [low, high] = [low | (bits << 28), bits >> 4];
    else high |= bits << (7 * i - 32);
    if (byte < 0x80) return high * 2 ** 32 + (low >>> 0);
  }
  throw malformed(cursor.where, 'a number', 'one of more than ten bytes');
}

/** Calls `each` with the integers of a repeated field, which may be packed into one. */
export function eachInt(where: string, { wire, int, bytes }: Field, each: (value: number) => void): void {
  if (wire === VARINT) return each(int);
  const cursor = { where, bytes, at: 0 };
  while (cursor.at < bytes.length) each(varint(cursor));
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength);

/** Calls `each` with the floats of a repeated field, which may be packed into one. */
export function eachFloat({ bytes }: Field, each: (value: number) => void): void {
  const view = viewOf(bytes);
  for (let at = 0; at + 4 <= bytes.length; at += 4) each(view.getFloat32(at, true));
}

/** Calls `each` with the doubles of a repeated field, which may be packed into one. */
export function eachDouble({ bytes }: Field, each: (value: number) => void): void {
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length; at += 8) each(view.getFloat64(at, true));
}

const decoder = new TextDecoder();
export const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);

/** A message of a key and a value. */
export function readPair(where: string, bytes: Uint8Array): [string, string] {
  const pair: [string, string] = ['', ''];
  for (const { number, bytes: text } of fieldsOf(where, bytes)) {
    if (number === 1 || number === 2) pair[number - 1] = textOf(text);
  }
  return pair;
}

/** A message that is being written, as its parts. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** A field of an integer ≥ 0. */
  int(number: number, value: number): this {
    return this.#add(varintBytes(8 * number + VARINT)).#add(varintBytes(value));
  }

  float(number: number, value: number): this {
    const bytes = new Uint8Array(4);
    viewOf(bytes).setFloat32(0, value, true);
    return this.#add(varintBytes(8 * number + FIXED32)).#add(bytes);
  }

  bytes(number: number, bytes: Uint8Array): this {
    return this.#add(varintBytes(8 * number + BYTES))
      .#add(varintBytes(bytes.length))
      .#add(bytes);
  }

  text(number: number, text: string): this {
    return this.bytes(number, new TextEncoder().encode(text));
  }

  message(number: number, message: MessageWriter): this {
    this.#add(varintBytes(8 * number + BYTES)).#add(varintBytes(message.#length));
    for (const part of message.#parts) this.#add(part);
    return this;
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #add(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return this;
  }
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
