/**
 * Mutations of PyTorch's pickles, in archives and in old files, by opcodes: what they call, the tensors that they tell of,
 * what they keep and take again, and how they nest.
 */
import { joined, TELLING_NUMBERS, type Bytes, type Mutation } from './bytes.js';
import type { Draws } from './draws.js';
import { archiveOf, contentsOf, entryOf } from './zips.js';

/** An opcode and the bytes that belong to it. */
interface Operation {
  code: number;
  own: Uint8Array;
}

/** Bytes that follow an opcode: so many, so many lines, or as many as a number says that takes so many bytes itself. */
type Following = { bytes: number } | { lines: number } | { counted: number };

const FOLLOWING = new Map<string, Following>([
  ...[...'Kqh\x80\x82'].map((code) => [code, { bytes: 1 }] as const),
  ...[...'M\x83'].map((code) => [code, { bytes: 2 }] as const),
  ...[...'Jrj\x84'].map((code) => [code, { bytes: 4 }] as const),
  ...[...'G\x95'].map((code) => [code, { bytes: 8 }] as const),
  ...[...'ILFVSpgP'].map((code) => [code, { lines: 1 }] as const),
  ...[...'ci'].map((code) => [code, { lines: 2 }] as const),
  ...[...'UC\x8a\x8c'].map((code) => [code, { counted: 1 }] as const),
  ...[...'XTB\x8b'].map((code) => [code, { counted: 4 }] as const),
  ...[...'\x8d\x8e\x96'].map((code) => [code, { counted: 8 }] as const),
]);

const following = ({ code }: Operation) => FOLLOWING.get(String.fromCharCode(code));

const STOP = '.'.charCodeAt(0);

/** The opcodes of one pickle, and where it ends; undefined for what is none any more. */
function operationsOf(file: Uint8Array, begin: number): { operations: Operation[]; end: number } | undefined {
  const operations: Operation[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = begin; at < file.length;) {
    const code = file[at++]!;
    const rule = FOLLOWING.get(String.fromCharCode(code));
    let end = at;
    if (rule && 'bytes' in rule) end += rule.bytes;
    else if (rule && 'lines' in rule) {
      for (let line = 0; line < rule.lines; ++line) end = file.indexOf(10, end) + 1 || Infinity;
    } else if (rule) {
      end += rule.counted;
      if (end > file.length) return undefined;
      end += rule.counted === 1 ? view.getUint8(at) : view.getUint32(at, true); // of 8 bytes the lower ones
    }
    if (end > file.length) return undefined;
    operations.push({ code, own: file.subarray(at, end) });
    at = end;
    if (code === STOP) return { operations, end };
  }
  return undefined;
}

function written(operations: readonly Operation[]): Bytes {
  const bytes = new Uint8Array(operations.reduce((sum, { own }) => sum + 1 + own.length, 0));
  let at = 0;
  for (const { code, own } of operations) {
    bytes[at] = code;
    bytes.set(own, at + 1);
    at += 1 + own.length;
  }
  return bytes;
}

const bytesOf = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

const operation = (code: string, own: Uint8Array | string = ''): Operation => ({
  code: code.charCodeAt(0),
  own: typeof own === 'string' ? bytesOf(own) : own,
});

/** Opcodes without anything behind them. */
const bare = (codes: string): Operation[] => [...codes].map((code) => operation(code));

/** The opcode that pushes an integer. */
function pushed(number: number): Operation {
  const view = new DataView(new ArrayBuffer(10));
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 16) {
    view.setUint16(0, number, true);
    return number < 256 ? operation('K', Uint8Array.of(number)) : operation('M', new Uint8Array(view.buffer, 0, 2));
  }
  view.setUint8(0, 9); // bytes of a LONG1
  view.setBigInt64(1, BigInt.asIntN(64, BigInt(Math.trunc(number))), true);
  view.setInt8(9, number < 0 ? -1 : 0);
  return operation('\x8a', new Uint8Array(view.buffer));
}

/** The number that an opcode pushes; undefined where it pushes none. */
function numberOf({ code, own }: Operation): number | undefined {
  const view = new DataView(own.buffer, own.byteOffset, own.length);
  const kind = String.fromCharCode(code);
  if (kind === 'K') return view.getUint8(0);
  if (kind === 'M') return view.getUint16(0, true);
  return kind === 'J' ? view.getInt32(0, true) : undefined;
}

/** Changes one of the pickles of a file: in an archive there is one, in an old file five, of which the fourth has the tensors. */
function within(file: Bytes, draws: Draws, change: (operations: Operation[]) => void): Bytes {
  const contents = contentsOf(file);
  const at = contents?.findIndex(([name]) => name.endsWith('data.pkl')) ?? -1;
  if (contents && at >= 0) {
    const parsed = operationsOf(contents[at]![1], 0);
    if (!parsed) return file;
    change(parsed.operations);
    contents[at]![1] = written(parsed.operations);
    return archiveOf(contents.map(([name, content]) => entryOf(name, content)));
  }
  let begin = 0;
  const chosen = draws.below(4) ? 3 : draws.below(5);
  for (let i = 0; ; ++i) {
    const parsed = operationsOf(file, begin);
    if (!parsed) return file;
    if (i === chosen) {
      change(parsed.operations);
      return joined(file.subarray(0, begin), written(parsed.operations), file.subarray(parsed.end));
    }
    begin = parsed.end;
  }
}

/** The places of opcodes of some kinds. */
const placesOf = (operations: readonly Operation[], isOne: (operation: Operation) => boolean) =>
  operations.flatMap((operation, i) => (isOne(operation) ? [i] : []));

const isCode = (codes: string) => {
  return ({ code }: Operation) => codes.includes(String.fromCharCode(code));
};

const NAMES = [
  'os\nsystem\n',
  'posix\nsystem\n',
  'builtins\neval\n',
  '__builtin__\nexec\n',
  'torch\nFloatStorage\n',
  'torch\nDoubleStorage\n',
  'torch\nLongStorage\n',
  'torch\nBoolStorage\n',
  'torch\nComplexFloatStorage\n',
  'torch._utils\n_rebuild_tensor_v2\n',
  'torch._utils\n_rebuild_parameter\n',
  'torch._utils\n_rebuild_sparse_tensor\n',
  'torch\nSize\n',
  'torch\ndevice\n',
  '_codecs\nencode\n',
  'collections\nOrderedDict\n',
  'Object\nprototype\n',
  '__proto__\ntoString\n',
  '\n\n',
  `${'a.'.repeat(3000)}\nb\n`,
];

/** Opcodes that push a value which is none of a network's. */
function strange(draws: Draws): Operation[] {
  const many = draws.of([1, 20, 64, 5000, 50_000]);
  switch (draws.below(7)) {
    case 0: // ((((…),),),): nested
      return bare(`)${'\x85'.repeat(many)}`);
    case 1: // each of a pair of the one before it: few bytes, 2ⁿ elements
      return bare(`]${'2\x86'.repeat(Math.min(many, 64))}`);
    case 2: // a list within itself
      return bare(']2a');
    case 3:
      return [operation('c', draws.of(NAMES))];
    case 4:
      return [pushed(draws.of(TELLING_NUMBERS))];
    case 5: // a dictionary within itself
      return bare('}22s');
    default:
      return bare(draws.of(['N', '\x88', ')', ']', '}', '(', '(t', '(l', '(d']));
  }
}

export const PICKLE_MUTATIONS: readonly Mutation[] = [
  function otherName(file, draws) {
    return within(file, draws, (operations) => {
      const places = placesOf(operations, isCode('c'));
      if (places.length > 0) operations[draws.of(places)] = operation('c', draws.of(NAMES));
    });
  },
  function otherNumber(file, draws) {
    return within(file, draws, (operations) => {
      const places = placesOf(operations, (each) => numberOf(each) !== undefined);
      if (places.length === 0) return;
      const at = draws.of(places);
      const number = numberOf(operations[at]!)!;
      const telling = draws.of([...TELLING_NUMBERS, -1, -(2 ** 31), -(2 ** 53)]);
      operations[at] = pushed(draws.below(2) ? telling : number + draws.of([-1, 1, number, 100]));
    });
  },
  function otherTensor(file, draws) {
    // Behind the storage follow the offset, the sizes and the strides.
    return within(file, draws, (operations) => {
      const storages = placesOf(operations, isCode('Q'));
      if (storages.length === 0) return;
      const begin = draws.of(storages);
      const places = placesOf(operations.slice(0, begin + 12), (each) => numberOf(each) !== undefined);
      const own = places.filter((at) => at > begin);
      for (let n = 1 + draws.below(3); n > 0 && own.length > 0; --n) {
        const at = draws.of(own);
        const number = numberOf(operations[at]!) ?? 0;
        operations[at] = pushed(draws.of([0, 1, 2, number - 1, number + 1, 2 * number, draws.of(TELLING_NUMBERS)]));
      }
    });
  },
  function otherStorage(file, draws) {
    // ('storage', type, key, device, count)
    return within(file, draws, (operations) => {
      const storages = placesOf(operations, isCode('Q'));
      if (storages.length === 0) return;
      const end = draws.of(storages);
      const begin = placesOf(operations.slice(0, end), isCode('(')).pop() ?? 0;
      const at = begin + draws.below(end - begin + 1);
      const change = draws.below(4);
      const text = draws.of(['0', '1', '99', 'storage', 'cuda:0', 'meta', '../data.pkl', '', '__proto__']);
      if (change === 0) operations.splice(at, 1);
      else if (change === 1) operations.splice(at, 0, operations[at]!);
      else if (change === 2) operations[at] = operation('\x8c', String.fromCharCode(text.length) + text);
      else operations.splice(at, 1, ...strange(draws));
    });
  },
  function otherMemo(file, draws) {
    return within(file, draws, (operations) => {
      const places = placesOf(operations, isCode('qhrj'));
      if (places.length === 0) return;
      const each = operations[draws.of(places)]!;
      each.own = each.own.slice();
      each.own[0] = draws.below(2) ? draws.below(256) : each.own[0]! + draws.of([-1, 1]);
      if (draws.below(4) === 0) each.code = draws.of([...'qhrj']).charCodeAt(0);
    });
  },
  function otherLength(file, draws) {
    return within(file, draws, (operations) => {
      const places = placesOf(operations, (each) => 'counted' in (following(each) ?? {}));
      if (places.length === 0) return;
      const each = operations[draws.of(places)]!;
      each.own = each.own.slice();
      each.own[draws.below(draws.below(2) ? 1 : Math.min(8, each.own.length))] = draws.of([0, 1, 2, 9, 0x7f, 0xff]);
    });
  },
  function otherText(file, draws) {
    return within(file, draws, (operations) => {
      const places = placesOf(operations, isCode('X'));
      if (places.length === 0) return;
      const at = draws.of(places);
      const own = Buffer.from(operations[at]!.own.subarray(4)).toString();
      const other = draws.of([...['', 'weight', 'a.weight', '0.bias', 'state_dict'], `${own}.weight`, own.slice(1)]);
      const long = draws.below(4) ? other : draws.of(['é', '\0', 'x', '.']).repeat(draws.of([1, 500, 5000]));
      const text = new TextEncoder().encode(long);
      const length = new Uint8Array(Uint32Array.of(text.length).buffer);
      operations[at] = operation('X', joined(length, text));
    });
  },
  function strangeValue(file, draws) {
    return within(file, draws, (operations) => {
      const places = placesOf(operations, isCode('KMJXhjc)}]'));
      if (places.length > 0) operations.splice(draws.of(places), draws.below(4) ? 1 : 0, ...strange(draws));
    });
  },
  function otherOperation(file, draws) {
    return within(file, draws, (operations) => {
      const [a, b] = [draws.below(operations.length), draws.below(operations.length)];
      const change = draws.below(4);
      if (change === 0) operations.splice(a, 1);
      else if (change === 1) {
        operations.splice(a, 0, ...Array<Operation>(draws.of([1, 2, 3000])).fill(operations[a]!));
      } else if (change === 2) [operations[a], operations[b]] = [operations[b]!, operations[a]!];
      else
        operations.splice(a, 0, ...bare(draws.of([...'.012(Rbtlduseaio\x81\x85\x86\x87\x91\x92\x93\x94\x97\x98QN'])));
    });
  },
];
