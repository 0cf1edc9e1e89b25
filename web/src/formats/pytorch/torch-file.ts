/**
 * The files of `torch.save`: since PyTorch 1.6 a zip archive of a pickle and the numbers of each storage, before it one
 * pickle after the other with the numbers behind them.
 */
import { isMap } from '../../check/realm.js';
import { excerpt, malformed } from '../../check/bytes.js';
import { NUMBER_BYTES, type NumberKind } from '../numbers.js';
import { unzip } from '../zip.js';
import { Global, refusedCall, shownValue, unpickle, type Calls } from './pickle.js';
import type { RawTensor } from './tensors.js';

/** By the classes of `torch`. */
const STORAGES: Record<string, NumberKind> = {
  'torch.FloatStorage': 'float32',
  'torch.DoubleStorage': 'float64',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.LongStorage': 'int64',
  'torch.IntStorage': 'int32',
  'torch.ShortStorage': 'int16',
  'torch.CharStorage': 'int8',
  'torch.ByteStorage': 'uint8',
  'torch.BoolStorage': 'bool',
};

/** The first pickle of an old file: a number that tells what it is. */
const OLD_MAGIC = Number(0x1950a86a20f9469cfc6cn);

/** The numbers that tensors are views of. */
class Storage {
  readonly #brand = true;
  readonly key: string;
  readonly kind: NumberKind;
  readonly count: number;

  constructor(key: string, kind: NumberKind, count: number) {
    this.key = key;
    this.kind = kind;
    this.count = count;
  }

  static isOne(value: unknown): value is Storage {
    return typeof value === 'object' && value !== null && #brand in value && value.#brand;
  }
}

/** A tensor as the pickle tells of it. */
export class TensorView {
  readonly #brand = true;
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: number[];
  readonly strides: number[];

  constructor(storage: Storage, offset: number, shape: number[], strides: number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }

  static isOne(value: unknown): value is TensorView {
    return typeof value === 'object' && value !== null && #brand in value && value.#brand;
  }
}

export interface TorchFile {
  /** The value that was saved. In dictionaries, which are a `Map`, tensors are {@link TensorView}s. */
  value: unknown;
  tensor(view: TensorView): RawTensor;
}

/**
 * @throws {RangeError} where the file is broken, or holds more than tensors and plain values, naming what.
 */
export function readTorchFile(argument: string, file: Uint8Array): TorchFile {
  return file[0] === 0x50 ? readArchive(argument, file) : readOld(argument, file);
}

function readArchive(argument: string, file: Uint8Array): TorchFile {
  const files = unzip(argument, file, (name) => /(?:^|\/)(?:data\.pkl|byteorder|data\/[^/]*)$/.test(name));
  const pickle = [...files.keys()].find((name) => /(?:^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) throw malformed(argument, 'a file data.pkl in the archive', 'none');
  const folder = pickle.slice(0, -'data.pkl'.length);
  const little = new TextDecoder().decode(files.get(`${folder}byteorder`)) !== 'big';
  const { value } = unpickle(argument, files.get(pickle)!, callsOf(argument), (id) => storageOf(argument, id));
  return {
    value,
    tensor(view) {
      const numbers = files.get(`${folder}data/${view.storage.key}`);
      if (!numbers) throw malformed(argument, `a file data/${excerpt(view.storage.key)} in the archive`, 'none');
      return rawTensor(argument, view, numbers, little);
    },
  };
}

function readOld(argument: string, file: Uint8Array): TorchFile {
  const calls = callsOf(argument);
  let at = 0;
  const next = (persistent: (id: unknown) => unknown = () => null) => {
    const { value, end } = unpickle(argument, file, calls, persistent, at);
    at = end;
    return value;
  };
  if (next() !== OLD_MAGIC) throw malformed(argument, 'a file of torch.save', 'another pickle');
  next(); // the version of the format
  const system = next();
  const little = !isMap(system) || system.get('little_endian') !== false;
  const value = next((id) => storageOf(argument, id));
  const keys = next();
  if (!Array.isArray(keys) || !keys.every(isKey)) throw malformed(argument, 'the list of storages', 'another value');
  const starts = new Map<string, number>();
  return {
    value,
    tensor(view) {
      // The storages follow each other in the order of the keys, each behind its count of numbers.
      if (starts.size === 0) locate(keys.map(String));
      const start = starts.get(view.storage.key);
      if (start === undefined) throw malformed(argument, `a storage ${excerpt(view.storage.key)}`, 'none');
      const end = start + view.storage.count * NUMBER_BYTES[view.storage.kind];
      return rawTensor(argument, view, file.subarray(start, end), little);
    },
  };

  function locate(order: string[]): void {
    const kinds = new Map<string, NumberKind>();
    for (const { storage } of tensorsIn(value)) kinds.set(storage.key, storage.kind);
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    for (const key of order) {
      const kind = kinds.get(key);
      if (at + 8 > file.length)
        throw malformed(argument, `the numbers of storage ${excerpt(key)}`, 'the end of the file');
      const count = Number(view.getBigInt64(at, little));
      if (!kind) throw malformed(argument, `a tensor of storage ${excerpt(key)}`, 'none');
      if (!isSize(count)) throw malformed(argument, `the count of storage ${excerpt(key)}`, String(count));
      starts.set(key, at + 8);
      at += 8 + count * NUMBER_BYTES[kind];
    }
  }
}

/** The tensors of a dictionary, also of those in it; dictionaries may hold each other, so that each is looked at once. */
function tensorsIn(value: unknown): TensorView[] {
  const tensors: TensorView[] = [];
  const seen = new Set([value]);
  for (const each of seen) {
    if (TensorView.isOne(each)) tensors.push(each);
    else if (isMap(each)) for (const inner of each.values()) seen.add(inner);
  }
  return tensors;
}

/** The functions that a pickle of tensors calls. */
function callsOf(argument: string): Calls {
  const rebuild = (args: unknown[]) => {
    const [storage, offset, shape, strides] = args;
    const isTensor = Storage.isOne(storage) && isSize(offset) && areSizes(shape) && areSizes(strides);
    if (!isTensor || shape.length !== strides.length || shape.length > MOST_AXES) {
      const got = [offset, shape, strides].map(shownValue).join(', ');
      throw malformed(argument, 'a tensor of a storage, with offset, shape and strides', got);
    }
    return new TensorView(storage, offset, shape, strides);
  };
  return {
    'collections.OrderedDict': () => new Map(),
    'torch._utils._rebuild_tensor_v2': rebuild,
    'torch._utils._rebuild_parameter': ([data]) => data,
    'torch.Size': ([sizes]) => sizes,
    'torch.device': ([name]) => name,
    '_codecs.encode': ([text]) => text,
  };
}

const MOST_AXES = 16;

const isKey = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const areSizes = (value: unknown): value is number[] => Array.isArray(value) && value.every(isSize);

function storageOf(argument: string, id: unknown): Storage {
  const [tag, type, key, , count] = Array.isArray(id) ? (id as unknown[]) : [];
  if (tag !== 'storage' || !Global.isOne(type) || !isKey(key) || !isSize(count)) {
    const got = Array.isArray(id) ? (id as unknown[]).slice(0, 5).map(shownValue).join(', ') : shownValue(id);
    throw malformed(argument, "('storage', type, key, device, count)", got);
  }
  const kind = Object.hasOwn(STORAGES, type.name) ? STORAGES[type.name] : undefined;
  if (!kind) throw refusedCall(argument, type.name);
  return new Storage(String(key), kind, count);
}

function rawTensor(argument: string, view: TensorView, numbers: Uint8Array, little: boolean): RawTensor {
  const { storage, offset, shape, strides } = view;
  const start = offset * NUMBER_BYTES[storage.kind];
  if (start > numbers.length) {
    throw malformed(argument, `an offset within storage ${excerpt(storage.key)}`, String(offset));
  }
  return { shape, kind: storage.kind, bytes: numbers.subarray(start), strides, little };
}
