import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, type NamedTensor } from '../../../web/src/files/safetensors.js';
import { mutants } from '../support/mutate.js';

/** A safetensors file with this header (bytes, text, or a value for JSON) and so many bytes of numbers. */
function file(header: unknown, data: number | Uint8Array = 0): Uint8Array {
  const json = typeof header === 'string' ? header : JSON.stringify(header);
  const text = header instanceof Uint8Array ? header : new TextEncoder().encode(json);
  const numbers = typeof data === 'number' ? new Uint8Array(data) : data;
  const bytes = new Uint8Array(8 + text.length + numbers.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(numbers, 8 + text.length);
  return bytes;
}

const f32 = (shape: unknown, begin: number, end: number) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

const kernel: NamedTensor = {
  name: 'dense/kernel',
  shape: [2, 3],
  data: Float32Array.of(1, -2, 0.5, 1e-40, -0, 3.4e38),
};
const bias: NamedTensor = { name: 'dense/bias', shape: [3], data: Float32Array.of(0.1, 0.2, 0.3) };

describe('writeSafetensors', () => {
  it('writes the length, the header, spaces up to a multiple of 8, and little-endian numbers', () => {
    const bytes = writeSafetensors([{ name: 'w', shape: [2], data: Float32Array.of(1, -2.5) }], {
      by: 'mlp',
    });
    const header = '{"__metadata__":{"by":"mlp"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}' + ' '.repeat(6);
    expect(header.length).toBe(88);
    expect([...bytes.subarray(0, 8)]).toEqual([88, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8, 96))).toBe(header);
    expect([...bytes.subarray(96)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0]);
  });

  it('writes a file without tensors and metadata as an empty object', () => {
    expect(writeSafetensors([])).toEqual(file('{}      '));
  });

  it('starts the numbers at a multiple of 8 bytes whatever the names', () => {
    for (let length = 0; length < 8; length++) {
      const bytes = writeSafetensors([{ ...bias, name: 'é'.repeat(length) }]);
      expect((bytes.length - bias.data.byteLength) % 8).toBe(0);
      expect(readSafetensors(bytes).tensors[0]!.data).toEqual(bias.data);
    }
  });

  it('writes only what a view shows', () => {
    const data = Float32Array.of(9, 9, 1, 2, 9).subarray(2, 4);
    expect(readSafetensors(writeSafetensors([{ name: 'v', shape: [2], data }])).tensors[0]!.data).toEqual(data);
  });

  it.each<[string, unknown[], unknown, string]>([
    ['a name that comes twice', [bias, bias], {}, ': expected each name once, got "dense/bias" twice'],
    ['the reserved name', [{ ...bias, name: '__metadata__' }], {}, ': tensors[0].name: expected a name that is'],
    ['the name __proto__', [{ ...bias, name: '__proto__' }], {}, ': tensors[0].name: expected a harmless name'],
    ['half a surrogate pair in a name', [{ ...bias, name: 'a\ud800' }], {}, ': expected valid Unicode, got "a\\ud800"'],
    ['fewer numbers than the shape says', [{ ...bias, shape: [4] }], {}, 'expected 4 numbers for shape [4], got 3'],
    ['a shape that is not whole', [{ ...bias, shape: [1.5, 2] }], {}, 'sizes that are integers ≥ 0, got [1.5,2]'],
    ['a negative shape', [{ ...bias, shape: [-1, -3] }], {}, 'sizes that are integers ≥ 0, got [-1,-3]'],
    ['a shape whose product overflows', [{ ...bias, shape: [2 ** 30, 2 ** 30] }], {}, 'less than 2⁵³ bytes'],
    ['metadata under __proto__', [], JSON.parse('{"__proto__":"x"}'), ': metadata: key: expected a harmless name'],
    ['half a surrogate pair in metadata', [], { a: '\udc00' }, ': metadata: "a": expected valid Unicode'],
  ])('rejects %s with a RangeError', (_name, tensors, metadata, message) => {
    expect(() => writeSafetensors(tensors as never, metadata as never)).toThrow(RangeError);
    expect(() => writeSafetensors(tensors as never, metadata as never)).toThrow(message);
  });

  it('rejects a header of more than 100 MB with a RangeError', () => {
    const text = 'writeSafetensors: expected a header of at most 100000000 bytes, got 100000032';
    expect(() => writeSafetensors([], { remark: 'x'.repeat(1e8) })).toThrow(new RangeError(text));
  });

  it.each<[string, unknown, unknown, string]>([
    ['tensors that are no array', { bias }, {}, ': tensors: expected an array, got Object'],
    ['a tensor that is no object', [3], {}, ': tensors[0]: expected { name, shape, data }, got 3'],
    ['a name that is no text', [{ ...bias, name: 1 }], {}, ': tensors[0].name: expected a string, got 1'],
    ['a shape that is no array', [{ ...bias, shape: 3 }], {}, ': tensors[0].shape: expected an array, got 3'],
    [
      'numbers in an array',
      [{ ...bias, data: [1, 2, 3] }],
      {},
      ': tensors[0].data: expected a Float32Array, got Array(3)',
    ],
    ['numbers in double precision', [{ ...bias, data: new Float64Array(3) }], {}, 'got Float64Array(3)'],
    ['metadata that is no object', [], 'remark', ": metadata: expected an object, got 'remark'"],
    ['metadata that is an array', [], ['remark'], ': metadata: expected an object, got Array(1)'],
    ['metadata that is no text', [], { epochs: 3 }, ': metadata: "epochs": expected a string, got 3'],
  ])('rejects %s with a TypeError', (_name, tensors, metadata, message) => {
    expect(() => writeSafetensors(tensors as never, metadata as never)).toThrow(TypeError);
    expect(() => writeSafetensors(tensors as never, metadata as never)).toThrow(message);
  });
});

describe('readSafetensors', () => {
  it('reads back what was written, in the same order, with the metadata', () => {
    const metadata = { format: 'mlp-wasm', 'ключ "1"': 'line\nbreak \u{1f600}' };
    const bytes = writeSafetensors([kernel, bias], metadata);
    expect(readSafetensors(bytes)).toStrictEqual({ tensors: [kernel, bias], metadata });
    expect(readSafetensors(bytes.buffer)).toStrictEqual({ tensors: [kernel, bias], metadata });
  });

  it('reads scalars and empty tensors', () => {
    const tensors = [
      { name: 'none', shape: [0, 4], data: new Float32Array(0) },
      { name: 'scalar', shape: [], data: Float32Array.of(7) },
      { name: 'none at the end', shape: [0], data: new Float32Array(0) },
    ];
    expect(readSafetensors(writeSafetensors(tensors))).toStrictEqual({ tensors, metadata: {} });
  });

  it('keeps every bit, of NaN, infinities, minus zero and denormal numbers too', () => {
    const bits = Uint32Array.of(0x7fc00000, 0x7f800001, 0xffffffff, 0x7f800000, 0xff800000, 0x80000000, 1);
    const data = new Float32Array(bits.buffer);
    const read = readSafetensors(writeSafetensors([{ name: 'bits', shape: [7], data }])).tensors[0]!;
    expect(new Uint32Array(read.data.buffer)).toEqual(bits);
  });

  it('keeps the order of names that look like numbers', () => {
    const names = ['2', 'b', '1', 'a', '0'];
    const tensors = names.map((name) => ({ name, shape: [0], data: new Float32Array(0) }));
    expect(readSafetensors(writeSafetensors(tensors)).tensors.map(({ name }) => name)).toEqual(names);
  });

  it('reads a file whose numbers are not aligned, from an odd place in a buffer', () => {
    const bytes = file({ a: f32([2], 0, 8) }, Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0));
    const wide = new Uint8Array(bytes.length + 3);
    for (const shift of [0, 1, 2, 3]) {
      wide.set(bytes, shift);
      const { tensors } = readSafetensors(wide.subarray(shift, shift + bytes.length));
      expect(tensors).toEqual([{ name: 'a', shape: [2], data: Float32Array.of(1, -2.5) }]);
    }
  });

  it('reads a header that names tensors in another order than their numbers', () => {
    const bytes = file({ late: f32([1], 4, 8), early: f32([1], 0, 4) }, 8);
    expect(readSafetensors(bytes).tensors.map(({ name }) => name)).toEqual(['early', 'late']);
  });

  it('reads a header with white space, escapes, and keys that it does not know', () => {
    const info = '{"shape": [1], "note": {"shape": "}"}, "data_offsets": [0, 4], "dtype": "F32"}';
    const bytes = file(`{ "a\\"\\u00e9": ${info} }\n`, 4);
    expect(readSafetensors(bytes).tensors[0]!.name).toBe('a"é');
  });

  it('gives tensors memory of their own', () => {
    const bytes = writeSafetensors([bias]);
    const { data } = readSafetensors(bytes).tensors[0]!;
    bytes.fill(0);
    expect(data).toEqual(bias.data);
    expect(data.buffer.byteLength).toBe(12);
  });

  const empty = JSON.stringify(f32([0], 0, 0));
  const whole = writeSafetensors([kernel, bias]);
  const long = (length: bigint) => {
    const bytes = whole.slice();
    new DataView(bytes.buffer).setBigUint64(0, length, true);
    return bytes;
  };
  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), ': expected at least 8 bytes, got 0: the file is truncated'],
    ['a file that ends within the length', whole.subarray(0, 7), ': expected at least 8 bytes, got 7'],
    ['a file that ends within the header', whole.subarray(0, 50), 'got 42: the file is truncated'],
    ['a header longer than the file', long(1000n), `: expected a header of 1000 bytes, got ${whole.length - 8}`],
    ['a header of more than 100 MB', long(100_000_001n), 'at most 100000000 bytes, got 100000001'],
    ['a header of 2⁶⁴ − 1 bytes', long(2n ** 64n - 1n), 'at most 100000000 bytes, got 18446744073709551615'],
    ['a header that is not UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), ': expected a header in UTF-8'],
    ['a header that is not JSON', file('{"a":}'), ': expected a header in JSON, got text that is not'],
    ['a header that is cut off', file('{"a":{"dtype":"F32"'), ': expected a header in JSON'],
    ['an empty header', file(''), ': expected a header that starts with {, got ""'],
    ['a header that is an array', file('[]'), ': expected a header that starts with {, got "[]"'],
    ['a header that starts with a byte order mark', file('\ufeff{}'), ': expected a header that starts with {'],
    ['a tensor that is no object', file({ a: 1 }), ': tensor "a": expected an object, got 1'],
    ['a tensor that is an array', file({ a: [] }), ': tensor "a": expected an object, got []'],
    ['a dtype other than F32', file({ a: { ...f32([1], 0, 2), dtype: 'F16' } }, 2), 'read here, got "F16"'],
    ['a tensor without dtype', file({ a: { shape: [1], data_offsets: [0, 4] } }, 4), 'got undefined'],
    ['a shape that is no array', file({ a: f32(1, 0, 4) }, 4), ': tensor "a": expected a shape, got 1'],
    ['a shape that is not whole', file({ a: f32([0.5, 2], 0, 4) }, 4), 'integers ≥ 0, got [0.5,2]'],
    ['a negative shape', file({ a: f32([-1, -1], 0, 4) }, 4), 'integers ≥ 0, got [-1,-1]'],
    ['a shape with minus zero', file('{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'), 'integers ≥ 0'],
    ['a shape of text', file({ a: f32(['1'], 0, 4) }, 4), 'integers ≥ 0, got ["1"]'],
    ['a shape that overflows', file({ a: f32([2 ** 32, 2 ** 32], 0, 0) }), 'expected less than 2⁵³ bytes'],
    ['a shape that overflows to nothing', file({ a: f32([2 ** 52, 2 ** 52, 0], 0, 0) }), 'less than 2⁵³ bytes'],
    ['a shape that its bytes do not fill', file({ a: f32([2], 0, 4) }, 4), '8 bytes for shape [2], got 4 between'],
    ['offsets that are missing', file({ a: { dtype: 'F32', shape: [1] } }, 4), 'two integers ≥ 0, got undefined'],
    ['one offset', file({ a: { ...f32([1], 0, 4), data_offsets: [4] } }, 4), 'two integers ≥ 0, got [4]'],
    ['negative offsets', file({ a: f32([1], -4, 0) }, 4), 'two integers ≥ 0, got [-4,0]'],
    ['offsets that are not whole', file({ a: f32([1], 0.5, 4.5) }, 5), 'two integers ≥ 0, got [0.5,4.5]'],
    ['offsets beyond 2⁵³', file({ a: f32([1], 2 ** 53, 2 ** 53 + 4) }, 4), 'two integers ≥ 0'],
    ['offsets in reverse', file({ a: f32([1], 4, 0) }, 4), 'data_offsets in order, got [4,0]'],
    ['offsets beyond the file', file({ a: f32([2], 0, 8) }, 7), 'within the 7 bytes of data, got [0,8]'],
    ['a truncated file', whole.subarray(0, -1), 'within the 35 bytes of data, got [24,36]'],
    ['offsets that overlap', file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), 'begin at 8, got 4: it overlaps'],
    ['two tensors in one place', file({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4), 'begin at 4, got 0: it overlaps'],
    ['a hole between tensors', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), 'got 8: there is a hole'],
    ['a hole before the first tensor', file({ a: f32([1], 4, 8) }, 8), 'begin at 0, got 4: there is a hole'],
    ['bytes after the last tensor', file({ a: f32([1], 0, 4) }, 5), 'expected 4 bytes of data, got 5: bytes are left'],
    ['bytes without a tensor', file('{}', 1), 'expected 0 bytes of data, got 1'],
    ['a name that comes twice', file(`{"a":${empty},"b":${empty},"a":${empty}}`), 'each name once, got "a" twice'],
    [
      'a name that comes twice, once in escapes',
      file(`{"a":${empty},"\\u0061":${empty}}`),
      'each name once, got "a" twice',
    ],
    ['a dtype that comes twice', file('{"a":{"dtype":"F16","dtype":"F32"}}'), 'each name once, got "dtype" twice'],
    ['a metadata key that comes twice', file('{"__metadata__":{"k":"1","k":"2"}}'), 'each name once, got "k" twice'],
    ['a tensor called __proto__', file(`{"__proto__":${empty}}`), 'a harmless name, got "__proto__"'],
    ['metadata called __proto__', file('{"__metadata__":{"__proto__":"x"}}'), 'a harmless name, got "__proto__"'],
    ['half a surrogate pair in a name', file('{"\\ud800":{}}'), 'valid Unicode, got "\\ud800"'],
    ['metadata that is no object', file('{"__metadata__":"x"}'), ': __metadata__: expected an object, got "x"'],
    ['metadata that is no text', file('{"__metadata__":{"k":{"a":"b"}}}'), '"k": expected a string, got {"a":"b"}'],
  ])('rejects %s with a RangeError', (_name, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(RangeError);
    expect(() => readSafetensors(bytes)).toThrow(message);
    expect(() => readSafetensors(bytes)).toThrow(/^readSafetensors: .*expected .+, got .+/s);
  });

  it('leaves the prototype of all objects alone', () => {
    expect(() => readSafetensors(file('{"__proto__":{"polluted":"yes"}}'))).toThrow(RangeError);
    expect(() => readSafetensors(file('{"a":{"__proto__":{"dtype":"F32"},"shape":[]}}'))).toThrow(RangeError);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('takes a header nested 100,000 deep for what it is', () => {
    const deep = `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
    expect(() => readSafetensors(file(deep))).toThrow(RangeError);
    expect(() => readSafetensors(file(deep))).toThrow('readSafetensors: tensor "a": expected an object, got');
  });

  it.each([
    ['text', '{}', "'{}'"],
    ['nothing', undefined, 'undefined'],
    ['floats', new Float32Array(4), 'Float32Array(4)'],
  ])('rejects %s instead of bytes with a TypeError', (_name, value, kind) => {
    const text = `readSafetensors: bytes: expected a Uint8Array or an ArrayBuffer, got ${kind}`;
    expect(() => readSafetensors(value as never)).toThrow(new TypeError(text));
  });

  it.each([
    ['small', writeSafetensors([bias])],
    ['with metadata', writeSafetensors([kernel, bias], { format: 'mlp-wasm', note: 'a "quoted" text' })],
    ['without padding', file({ a: f32([1], 0, 4), b: f32([2, 2], 4, 20), c: f32([0], 20, 20) }, 20)],
  ])('survives 500 damaged files, %s', (_name, valid) => {
    for (const bytes of mutants(valid, 500)) {
      try {
        for (const { shape, data } of readSafetensors(bytes).tensors) {
          expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        }
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  });
});
