/** Mutations of Protocol Buffers, of which ONNX files are: a field somewhere in the tree is changed, and lengths still fit, but for one. */
import { TELLING_NUMBERS, type Bytes, type Mutation } from './bytes.js';
import type { Draws } from './draws.js';

interface Field {
  number: number;
  wire: number;
  value: bigint;
  bytes: Uint8Array<ArrayBufferLike>;
  /** Length that is told instead of that of `bytes`. */
  told?: bigint;
}

const EMPTY: Uint8Array = new Uint8Array(0);

/** The fields of a message; undefined for bytes that are none. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return undefined;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag < 8n || tag > 1000n) return undefined;
    const field = { number: Number(tag >> 3n), wire: Number(tag & 7n), value: 0n, bytes: EMPTY };
    const value = field.wire === 0 || field.wire === 2 ? varint() : 0n;
    if (value === undefined || ![0, 1, 2, 5].includes(field.wire)) return undefined;
    if (field.wire === 0) field.value = value;
    else {
      const length = field.wire === 1 ? 8 : field.wire === 5 ? 4 : Number(value);
      if (length > bytes.length - at) return undefined;
      field.bytes = bytes.subarray(at, at + length);
      at += length;
    }
    fields.push(field);
  }
  return fields;
}

function varintOf(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

// By Buffer.concat, because a call takes no more arguments than the stack, and fields are repeated over and over.
const written = (fields: readonly Field[]): Bytes =>
  new Uint8Array(
    Buffer.concat(
      fields.flatMap(({ number, wire, value, bytes, told = BigInt(bytes.length) }) => {
        const tag = varintOf(BigInt(8 * number + wire));
        if (wire === 0) return [tag, varintOf(value)];
        return wire === 2 ? [tag, varintOf(told), bytes] : [tag, bytes];
      }),
    ),
  );

/** Changes the fields of a message somewhere in the tree. */
function within(bytes: Uint8Array, draws: Draws, change: (fields: Field[]) => Field[], depth = 0): Bytes {
  const fields = fieldsOf(bytes);
  if (!fields || fields.length === 0) return new Uint8Array(bytes);
  const inner = fields.filter((field) => field.wire === 2 && (fieldsOf(field.bytes)?.length ?? 0) > 0);
  if (inner.length === 0 || depth > 5 || (depth > 1 && draws.below(3) === 0)) return written(change(fields));
  // The graph, field 7 of the model, is where most of it is.
  const chosen =
    depth === 0 && draws.below(8) ? (inner.find(({ number }) => number === 7) ?? inner[0]!) : draws.of(inner);
  chosen.bytes = within(chosen.bytes, draws, change, depth + 1);
  return written(fields);
}

const small = [0n, 1n, 2n, 3n, 4n, 5n, 7n, 10n, 11n, 16n, -1n, -2n];

export const PROTOBUF_MUTATIONS: readonly Mutation[] = [
  function changeNumber(file, draws) {
    return within(file, draws, (fields) => {
      const field = draws.of(fields);
      if (field.wire === 0) field.value = draws.below(3) ? draws.of(small) : BigInt(draws.of(TELLING_NUMBERS));
      else if (field.bytes.length > 0) {
        field.bytes = field.bytes.slice();
        field.bytes[draws.below(field.bytes.length)] = draws.of([0, 1, 2, 0x7f, 0x80, 0xff]);
      }
      return fields;
    });
  },
  function dropField(file, draws) {
    return within(file, draws, (fields) => fields.filter((_, i) => i !== draws.below(fields.length)));
  },
  function repeatField(file, draws) {
    return within(file, draws, (fields) => {
      const times = draws.of([1, 1, 2, 40, 400]);
      const field = draws.of(fields);
      return field.bytes.length * times > 2 ** 16 ? fields : [...fields, ...Array<Field>(times).fill(field)];
    });
  },
  function swapFields(file, draws) {
    return within(file, draws, (fields) => {
      const [a, b] = [draws.below(fields.length), draws.below(fields.length)];
      [fields[a], fields[b]] = [fields[b]!, fields[a]!];
      return fields;
    });
  },
  function exchangeContent(file, draws) {
    // One node takes another's input, operator or weights: circles, branches and shapes that do not fit.
    return within(file, draws, (fields) => {
      const [a, b] = [draws.of(fields), draws.of(fields)];
      if (a.wire === b.wire) [a.bytes, b.bytes, a.value, b.value] = [b.bytes, a.bytes, b.value, a.value];
      return fields;
    });
  },
  function renumber(file, draws) {
    return within(file, draws, (fields) => {
      draws.of(fields).number = 1 + draws.below(16);
      return fields;
    });
  },
  function tellAnotherLength(file, draws) {
    // Beyond what it is in, or beyond the file, or shorter, so that what follows is read in the midst of something.
    return within(file, draws, (fields) => {
      const field = draws.of(fields);
      const { length } = field.bytes;
      field.told = BigInt(draws.below(2) ? length + draws.of([-1, 1, 8, length]) : draws.of(TELLING_NUMBERS));
      return fields;
    });
  },
  function resize(file, draws) {
    return within(file, draws, (fields) => {
      const field = draws.of(fields.filter(({ wire }) => wire === 2).concat(fields));
      if (field.wire !== 2) return fields;
      const { length } = field.bytes;
      const size = Math.max(0, draws.of([0, length - 1, length - 4, length + 4, 2 * length]));
      const bytes = new Uint8Array(Math.min(size, 2 ** 16));
      bytes.set(field.bytes.subarray(0, bytes.length));
      field.bytes = bytes;
      return fields;
    });
  },
];
