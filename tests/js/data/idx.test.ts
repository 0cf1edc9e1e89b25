import { runInNewContext } from 'node:vm';
import { getHeapStatistics } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readIdx, readMnist, type IdxArray } from '../../../web/src/data/idx.js';
import { findMnist, loadMnist } from '../support/mnist.js';
import { mutants } from '../support/mutate.js';

/** An IDX file: type code, dimensions, elements as bytes. */
function idx(code: number, shape: readonly number[], body: ArrayLike<number>): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, code);
  header.setUint8(3, shape.length);
  shape.forEach((size, d) => header.setUint32(4 + 4 * d, size));
  const file = new Uint8Array(header.byteLength + body.length);
  file.set(new Uint8Array(header.buffer));
  file.set(body, header.byteLength);
  return file;
}

const zeros = (count: number) => Array<number>(count).fill(0);
const uint8 = (shape: readonly number[], body: ArrayLike<number>) => idx(0x08, shape, body);

describe('readIdx', () => {
  const image = uint8([2, 3], [0, 1, 2, 127, 128, 255]);
  const imageRead: IdxArray = { shape: [2, 3], data: Uint8Array.of(0, 1, 2, 127, 128, 255) };

  it('reads the shape and the elements of a plain file', async () => {
    expect(await readIdx(image)).toStrictEqual(imageRead);
  });

  it('reads a gzip file like the plain one', async () => {
    expect(await readIdx(gzipSync(image))).toStrictEqual(imageRead);
  });

  it('reads a gzip file that inflates to many chunks', async () => {
    const body = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 2654435761) >>> 24);
    const { shape, data } = await readIdx(gzipSync(uint8([1000, 1000], body)));
    expect(shape).toEqual([1000, 1000]);
    expect(Buffer.compare(data as Uint8Array, body)).toBe(0);
  });

  it('takes an ArrayBuffer, a Buffer, and a view into the middle of a buffer', async () => {
    const wide = new Uint8Array(image.length + 7).fill(9);
    wide.set(image, 3);
    expect(await readIdx(image.slice().buffer)).toStrictEqual(imageRead);
    expect(await readIdx(Buffer.from(image))).toStrictEqual(imageRead);
    expect(await readIdx(wide.subarray(3, 3 + image.length))).toStrictEqual(imageRead);
  });

  it('takes bytes of another realm', async () => {
    const foreign = runInNewContext('Uint8Array.from(bytes)', { bytes: [...image] }) as Uint8Array;
    expect(foreign instanceof Uint8Array).toBe(false);
    expect(await readIdx(foreign)).toStrictEqual(imageRead);
  });

  it('gives the elements memory of their own', async () => {
    const file = image.slice();
    const { data } = await readIdx(file);
    file.fill(7);
    expect(data).toEqual(imageRead.data);
    expect(data.buffer.byteLength).toBe(6);
  });

  it.each([
    ['uint8', 0x08, [0x00, 0xff], Uint8Array.of(0, 255)],
    ['int8', 0x09, [0x7f, 0x80], Int8Array.of(127, -128)],
    ['int16', 0x0b, [0x01, 0x02, 0xff, 0xfe], Int16Array.of(258, -2)],
    ['int32', 0x0c, [0, 0, 1, 0, 0x80, 0, 0, 0], Int32Array.of(256, -(2 ** 31))],
    ['float32', 0x0d, [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0], Float32Array.of(1, -2.5)],
    ['float64', 0x0e, [0x3f, 0xf8, ...zeros(6), 0xff, 0xf0, ...zeros(6)], Float64Array.of(1.5, -Infinity)],
  ])('reads %s from big-endian', async (_name, code, body, data) => {
    expect(await readIdx(idx(code, [2], body))).toStrictEqual({ shape: [2], data });
  });

  it('reads as many dimensions as the format can hold', async () => {
    const shape = Array<number>(255).fill(1);
    expect(await readIdx(uint8(shape, [42]))).toStrictEqual({ shape, data: Uint8Array.of(42) });
  });

  it('reads a file of exactly maxElements elements', async () => {
    expect(await readIdx(image, { maxElements: 6 })).toStrictEqual(imageRead);
  });

  describe('rejects with a RangeError', () => {
    const rows: [string, Uint8Array, string][] = [
      ['an empty file', new Uint8Array(0), 'expected an IDX header, got a file of 0 bytes: it is truncated'],
      ['a file that ends within the magic number', Uint8Array.of(0, 0, 8), 'got a file of 3 bytes'],
      ['a file that ends within the dimensions', image.subarray(0, 11), 'got a file of 11 bytes'],
      ['a wrong magic number', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'starts with 00 00, got 89 50'],
      ['an unknown type code', idx(0x0a, [1], [0]), '0c (int32), 0d (float32), 0e (float64), got 0a'],
      ['no dimension', uint8([], []), 'expected at least 1 dimension, got 0'],
      ['a dimension of size zero', uint8([3, 0, 2], []), 'dimensions ≥ 1, got 0 as dimension 2 of 3'],
      ['a truncated body', image.subarray(0, 17), 'expected 18 bytes (uint8, shape [2, 3]), got 17 bytes'],
      ['bytes after the last element', uint8([2], [1, 2, 3]), 'got 11 bytes: bytes are left after the last'],
      ['more than 2³⁰ elements', uint8([2 ** 15, 2 ** 15 + 1], [0]), 'expected at most 1073741824 elements'],
      ['a shape whose product overflows', uint8(Array<number>(9).fill(2 ** 32 - 1), [0]), 'expected at most'],
    ];

    it.each(rows)('%s', async (_name, file, message) => {
      const error = await readIdx(file).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).toContain(message);
      expect((error as Error).message).toMatch(/^readIdx: expected .+, got .+/);
    });

    it.each(rows)('%s, within gzip', async (_name, file, message) => {
      const expected = message.replace('got 11 bytes:', 'got more:');
      await expect(readIdx(gzipSync(file))).rejects.toThrow(expected);
    });

    it('more elements than maxElements', async () => {
      const text = 'readIdx: expected at most 5 elements, got a header that promises 6 or more';
      await expect(readIdx(image, { maxElements: 5 })).rejects.toThrow(new RangeError(text));
    });

    const gzip = gzipSync(image);
    const wrongChecksum = Uint8Array.from(gzip);
    wrongChecksum[gzip.length - 8]! ^= 1;
    it.each([
      ['a truncated gzip file', gzip.subarray(0, -12)],
      ['a gzip file without its end', gzip.subarray(0, -3)],
      ['a gzip file with a wrong checksum', wrongChecksum],
      ['a file that only starts like gzip', Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)],
      ['nothing but the magic number of gzip', Uint8Array.of(0x1f, 0x8b)],
      ['bytes after the gzip data', Uint8Array.of(...gzip, 1, 2, 3)],
    ])('%s', async (_name, file) => {
      const error = await readIdx(file).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RangeError);
      const text = 'readIdx: expected a whole gzip file, got one that is truncated or broken';
      expect((error as Error).message).toContain(text);
    });

    it('a gzip bomb, after little more than the header promises', async () => {
      let inflated = 0;
      const Original = DecompressionStream;
      globalThis.DecompressionStream = class extends Original {
        override readonly readable = super.readable.pipeThrough(
          new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
            transform(chunk, controller) {
              inflated += chunk.length;
              controller.enqueue(chunk);
            },
          }),
        );
      };
      try {
        const bomb = gzipSync(uint8([10], new Uint8Array(2 ** 26)), { level: 1 });
        const text = 'readIdx: expected 18 bytes (uint8, shape [10]), got more';
        await expect(readIdx(bomb)).rejects.toThrow(text);
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(inflated).toBeGreaterThan(0);
        expect(inflated).toBeLessThan(2 ** 22);
      } finally {
        globalThis.DecompressionStream = Original;
      }
    });

    it('an option that does not exist', async () => {
      const options = { maxElement: 5 } as object;
      await expect(readIdx(image, options)).rejects.toThrow("Did you mean 'maxElements'?");
    });

    it.each([0, -1, 1.5, NaN, Infinity])('maxElements %s', async (maxElements) => {
      const text = `readIdx: maxElements: expected an integer from 1 to 9007199254740991, got ${maxElements}`;
      await expect(readIdx(image, { maxElements })).rejects.toThrow(new RangeError(text));
    });
  });

  describe('rejects with a TypeError', () => {
    it.each([
      ['a string', 'bytes', "'bytes'"],
      ['an array of numbers', [0, 0, 8, 1], 'Array(4)'],
      ['another typed array', new Uint16Array(4), 'Uint16Array(4)'],
      ['null', null, 'null'],
      ['nothing', undefined, 'undefined'],
    ])('%s instead of bytes', async (_name, value, kind) => {
      const text = `readIdx: bytes: expected a Uint8Array or an ArrayBuffer, got ${kind}`;
      await expect(readIdx(value as never)).rejects.toThrow(new TypeError(text));
    });

    it('maxElements that is no number', async () => {
      const text = `readIdx: maxElements: expected an integer from 1 to 9007199254740991, got '6'`;
      await expect(readIdx(image, { maxElements: '6' as never })).rejects.toThrow(new TypeError(text));
    });

    it('options that are no object', async () => {
      const text = 'readIdx: options: expected an object, got 6';
      await expect(readIdx(image, 6 as never)).rejects.toThrow(new TypeError(text));
    });
  });

  it.each([
    ['plain', image],
    ['plain float64', idx(0x0e, [3, 2], new Uint8Array(48))],
    [
      'gzip',
      gzipSync(
        uint8(
          [20, 20],
          new Uint8Array(400).map((_, i) => i * i),
        ),
      ),
    ],
  ])('survives 500 damaged files, %s', async (_name, valid) => {
    for (const file of mutants(valid, 500)) {
      const result = await readIdx(file).catch((reason: unknown) => reason);
      if (result instanceof Error) {
        expect(result).toBeInstanceOf(RangeError);
      } else {
        const { shape, data } = result as IdxArray;
        expect(data.length).toBe(shape.reduce((product, size) => product * size));
      }
    }
  });

  it('takes memory for what comes out of gzip, not for what its header promises', async () => {
    const noise = Uint8Array.from({ length: 100_000 }, (_, i) => Math.sin(i * i) * 1e4);
    const promising = gzipSync(uint8([100_000_000], noise));
    const before = getHeapStatistics().external_memory;
    await expect(readIdx(promising)).rejects.toThrow('truncated');
    expect(getHeapStatistics().external_memory - before).toBeLessThan(5_000_000);
  });
});

describe('readMnist', () => {
  const images = uint8([2, 2, 2], [0, 51, 102, 255, 1, 2, 3, 4]);
  const labels = uint8([2], [7, 3]);

  it('scales grey levels to [0, 1] and flattens images', async () => {
    const { x, y, count, features } = await readMnist({ images, labels });
    expect(x).toEqual(Float32Array.from([0, 51, 102, 255, 1, 2, 3, 4], (grey) => grey / 255));
    expect(y).toEqual(Uint8Array.of(7, 3));
    expect({ count, features }).toEqual({ count: 2, features: 4 });
  });

  it('takes gzip files, and images that are flat already', async () => {
    const flat = uint8([2, 4], images.subarray(16));
    const expected = await readMnist({ images, labels });
    expect(await readMnist({ images: gzipSync(flat), labels: gzipSync(labels) })).toStrictEqual(expected);
  });

  it.each([
    ['images of one dimension', { images: labels }, 'uint8 of 2 or 3 dimensions, got Uint8Array of shape [2]'],
    ['images of four dimensions', { images: uint8([2, 1, 1, 1], [1, 2]) }, 'got Uint8Array of shape [2, 1, 1, 1]'],
    ['images of signed bytes', { images: idx(0x09, [2, 1], [1, 2]) }, 'got Int8Array of shape [2, 1]'],
    ['broken images', { images: images.subarray(0, 20) }, 'images: expected 24 bytes (uint8, shape [2, 2, 2])'],
    ['labels of two dimensions', { labels: uint8([2, 1], [7, 3]) }, 'uint8 of 1 dimension, got Uint8Array of'],
    ['labels of int32', { labels: idx(0x0c, [1], [0, 0, 0, 7]) }, 'uint8 of 1 dimension, got Int32Array of'],
    ['more labels than images', { labels: uint8([3], [1, 2, 3]) }, 'labels: expected 2, as many as images, got 3'],
    ['broken labels', { labels: labels.subarray(0, 9) }, 'labels: expected 10 bytes (uint8, shape [2])'],
  ])('rejects %s with a RangeError', async (_name, bad, message) => {
    const error = await readMnist({ images, labels, ...bad }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toContain('readMnist: ');
    expect((error as Error).message).toContain(message);
  });

  it.each([
    ['no argument', undefined, ': expected { images, labels }, got undefined'],
    ['no images', { labels }, ': images: expected a Uint8Array or an ArrayBuffer, got undefined'],
    ['a path', { images, labels: 'a.gz' }, ": labels: expected a Uint8Array or an ArrayBuffer, got 'a.gz'"],
  ])('rejects %s with a TypeError', async (_name, files, message) => {
    await expect(readMnist(files as never)).rejects.toThrow(new TypeError(`readMnist${message}`));
  });

  it.skipIf(findMnist() === undefined)('reads the real files', async () => {
    const { train, test } = await loadMnist();
    expect([train.count, train.features, train.x.length]).toEqual([60_000, 784, 60_000 * 784]);
    expect([test.count, test.features, test.x.length]).toEqual([10_000, 784, 10_000 * 784]);
    expect([...train.y.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...test.y.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);

    const perClass = Array<number>(10).fill(0);
    for (const label of train.y) perClass[label]!++;
    expect(perClass).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);

    // The mean and standard deviation that everybody normalises by.
    let sum = 0;
    let squares = 0;
    let outside = 0;
    for (let i = 0; i < train.x.length; i++) {
      const grey = train.x[i]!;
      sum += grey;
      squares += grey * grey;
      if (!(grey >= 0 && grey <= 1)) outside++;
    }
    const mean = sum / train.x.length;
    expect(mean).toBeCloseTo(0.1307, 4);
    expect(Math.sqrt(squares / train.x.length - mean * mean)).toBeCloseTo(0.3081, 4);
    expect(outside).toBe(0);
  });
});
