/**
 * Python's pickles, as far as tensors need them. A pickle is a program that may call any function of the machine it is read
 * on: here it may call those of {@link CALLS} alone, which do nothing but put values together, and everything else is
 * refused by its name. Source: the opcodes of Python's `pickletools`, protocols 0 to 5.
 */
import { isMap } from '../../check/realm.js';
import { excerpt, malformed, quote } from '../../check/bytes.js';

/** A name of Python's that a pickle mentions: a class or a function. */
export class Global {
  readonly #brand = true;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  static isOne(value: unknown): value is Global {
    return typeof value === 'object' && value !== null && #brand in value && value.#brand;
  }
}

/** Functions that a pickle may call, with their arguments. */
export type Calls = Readonly<Record<string, (args: unknown[]) => unknown>>;

/** The largest pickle: those of models are a few kilobytes. */
const MOST_BYTES = 2 ** 26;

/** Deepest nesting of what a pickle puts together. */
const MOST_STACK = 2 ** 20;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Marks the stack where a tuple, a list or a dictionary begins. */
const MARK = Symbol('mark');

/**
 * Runs a pickle: dictionaries are a `Map`, lists and tuples arrays, bytes a `Uint8Array`.
 *
 * @param argument opens the errors
 * @param calls by their full names
 * @param persistent gives what the id of an object outside of the pickle stands for
 * @returns the value, and where the pickle ends
 * @throws {RangeError} where it is broken, or calls something else.
 */
export function unpickle(
  argument: string,
  bytes: Uint8Array,
  calls: Calls,
  persistent: (id: unknown) => unknown,
  begin = 0,
): { value: unknown; end: number } {
  if (bytes.length - begin > MOST_BYTES) {
    throw malformed(argument, `a pickle of at most ${MOST_BYTES} bytes`, String(bytes.length - begin));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = begin;

  const broken = (expected: string, got: string) => malformed(`${argument}: pickle, byte ${at}`, expected, got);
  const take = (count: number): number => {
    if (!(count <= bytes.length - at)) throw broken(`${count} bytes more`, `${bytes.length - at}: it is truncated`);
    return (at += count) - count;
  };
  const takeBytes = (count: number) => bytes.subarray(take(count), at);
  const text = (count: number) => {
    const own = takeBytes(count);
    try {
      return decoder.decode(own);
    } catch (cause) {
      throw malformed(`${argument}: pickle, byte ${at}`, 'text in UTF-8', 'bytes that are not', cause);
    }
  };
  const line = () => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw broken('the end of a line', 'the end of the file');
    const words = text(end - at);
    ++at;
    return words;
  };
  const long = (count: number) => {
    let value = 0n;
    const own = takeBytes(count);
    if (count > 32) throw broken('an integer of at most 32 bytes', `${count}`);
    for (let i = count - 1; i >= 0; --i) value = (value << 8n) | BigInt(own[i]!);
    return Number(count > 0 && own[count - 1]! >= 128 ? value - (1n << BigInt(8 * count)) : value);
  };
  const size8 = () => Number(view.getBigUint64(take(8), true));
  const pop = (): unknown => {
    if (stack.length === 0) throw broken('a value on the stack', 'none');
    const value = stack.pop();
    if (value === MARK) throw broken('a value on the stack', 'a mark');
    return value;
  };
  const top = (): unknown => stack[stack.length - 1];
  const push = (value: unknown) => {
    if (stack.length >= MOST_STACK) throw broken(`at most ${MOST_STACK} values on the stack`, 'more');
    stack.push(value);
  };
  const popMark = (): unknown[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw broken('a mark on the stack', 'none');
    const values = stack.splice(mark);
    values.shift();
    return values;
  };
  const listOnTop = (): unknown[] => {
    const list = top();
    if (!Array.isArray(list)) throw broken('a list on the stack', shownValue(list));
    return list as unknown[];
  };
  const setItems = (items: unknown[]) => {
    const map = top();
    if (!isMap(map)) throw broken('a dictionary on the stack', shownValue(map));
    for (let i = 0; i + 1 < items.length; i += 2) map.set(items[i], items[i + 1]);
  };
  const appends = (values: unknown[]) => {
    const list = listOnTop();
    for (const value of values) list.push(value);
  };
  const named = (module: unknown, name: unknown) => {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw broken('the name of a class or a function', `${shownValue(module)}, ${shownValue(name)}`);
    }
    push(new Global(`${module}.${name}`));
  };
  const call = (callee: unknown, args: unknown) => {
    const name = Global.isOne(callee) ? callee.name : shownValue(callee);
    const known = Global.isOne(callee) && Object.hasOwn(calls, name);
    if (!known || !Array.isArray(args)) throw refusedCall(argument, name);
    push(calls[name]!(args as unknown[]));
  };
  const put = (key: number) => void memo.set(key, top());
  const get = (key: number) => {
    if (!memo.has(key)) throw broken('a value that was kept', `number ${key}`);
    push(memo.get(key));
  };

  for (;;) {
    const opcode = bytes[take(1)]!;
    switch (opcode) {
      case 0x80: // PROTO
        if (bytes[take(1)]! > 5) throw broken('a pickle of protocol 0 to 5', `${bytes[at - 1]}`);
        break;
      case 0x95: // FRAME
        take(8);
        break;
      case 0x2e: // STOP
        return { value: pop(), end: at };
      case 0x28:
        push(MARK);
        break;
      case 0x30: // POP
        if (stack.pop() === undefined) throw broken('a value on the stack', 'none');
        break;
      case 0x31: // POP_MARK
        popMark();
        break;
      case 0x32: // DUP
        push(top());
        break;
      case 0x4e:
        push(null);
        break;
      case 0x88:
      case 0x89:
        push(opcode === 0x88);
        break;
      case 0x49: // INT
      case 0x4c: {
        // LONG
        const words = line();
        push(words === '00' || words === '01' ? words === '01' : Number(words.replace(/L$/, '')));
        break;
      }
      case 0x46: // FLOAT
        push(Number(line()));
        break;
      case 0x4b:
        push(view.getUint8(take(1)));
        break;
      case 0x4d:
        push(view.getUint16(take(2), true));
        break;
      case 0x4a:
        push(view.getInt32(take(4), true));
        break;
      case 0x8a:
        push(long(view.getUint8(take(1))));
        break;
      case 0x8b:
        push(long(view.getUint32(take(4), true)));
        break;
      case 0x47:
        push(view.getFloat64(take(8)));
        break;
      case 0x58: // BINUNICODE
        push(text(view.getUint32(take(4), true)));
        break;
      case 0x8c:
        push(text(view.getUint8(take(1))));
        break;
      case 0x8d:
        push(text(size8()));
        break;
      case 0x56: // UNICODE
        push(line());
        break;
      case 0x53: // STRING
        push(line().replace(/^(['"])(.*)\1$/s, '$2'));
        break;
      case 0x55: // SHORT_BINSTRING
        push(latin(takeBytes(view.getUint8(take(1)))));
        break;
      case 0x54:
        push(latin(takeBytes(view.getUint32(take(4), true))));
        break;
      case 0x43: // SHORT_BINBYTES
        push(takeBytes(view.getUint8(take(1))));
        break;
      case 0x42:
        push(takeBytes(view.getUint32(take(4), true)));
        break;
      case 0x8e:
      case 0x96:
        push(takeBytes(size8()));
        break;
      case 0x29: // tuples
        push([]);
        break;
      case 0x85:
        push([pop()]);
        break;
      case 0x86:
        push([pop(), pop()].reverse());
        break;
      case 0x87:
        push([pop(), pop(), pop()].reverse());
        break;
      case 0x74:
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        push(popMark());
        break;
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
        push([]);
        break;
      case 0x61: {
        const value = pop();
        listOnTop().push(value);
        break;
      }
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        appends(popMark());
        break;
      case 0x7d:
        push(new Map());
        break;
      case 0x64: {
        const items = popMark();
        push(new Map());
        setItems(items);
        break;
      }
      case 0x73: {
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case 0x75:
        setItems(popMark());
        break;
      case 0x63: {
        const module = line();
        named(module, line());
        break;
      }
      case 0x93: {
        const name = pop();
        named(pop(), name);
        break;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = pop();
        call(pop(), args);
        break;
      }
      case 0x62: // BUILD: the state of an object, of which OrderedDict and parameters need none
        pop();
        break;
      case 0x71:
        put(view.getUint8(take(1)));
        break;
      case 0x72:
        put(view.getUint32(take(4), true));
        break;
      case 0x70:
        put(Number(line()));
        break;
      case 0x94:
        put(memo.size);
        break;
      case 0x68:
        get(view.getUint8(take(1)));
        break;
      case 0x6a:
        get(view.getUint32(take(4), true));
        break;
      case 0x67:
        get(Number(line()));
        break;
      case 0x51:
        push(persistent(pop()));
        break;
      case 0x50:
        push(persistent(line()));
        break;
      default:
        throw broken('an opcode that puts values together', `0x${opcode.toString(16).padStart(2, '0')}`);
    }
  }
}

/** The error for a pickle with more than tensors. */
export function refusedCall(argument: string, name: string): RangeError {
  return new RangeError(
    `${argument}: expected tensors alone, got ${excerpt(name)}, which would run code: save model.state_dict() instead`,
  );
}

/**
 * A value in the words of an error. What it holds is not shown: lists may hold each other so often that a few bytes stand
 * for more than there is room for.
 */
export function shownValue(value: unknown): string {
  if (Global.isOne(value)) return excerpt(value.name);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isMap(value)) return 'a dictionary';
  if (value === MARK) return 'a mark';
  return typeof value === 'object' && value !== null ? 'an object' : quote(value ?? null);
}

const latin = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
