/** Archives as they should not be, by the `.npz` reader: what their directory says is not believed. */
import { constants, deflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import { loadAny, readNumpy } from 'mlp-wasm/files';
import { archiveOf, entryOf } from '../../fire/fuzz/zips.js';
import type { Bytes } from '../../fire/fuzz/bytes.js';

beforeAll(() => init());

/** The `.npy` file of one number for each byte. */
function npy(bytes: Uint8Array): Uint8Array {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${bytes.length},), }`.padEnd(117) + '\n';
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\0v\0', 'latin1'), Buffer.from(header), bytes]);
}

const file = npy(Uint8Array.from({ length: 500 }, (_, i) => i % 251));

const read = async (archive: Uint8Array) => (await readNumpy(archive, { archive: true })).get('a')!.data;

/** An archive with numbers put into the headers of its directory, its end, or its first file. */
function changed(signature: string, place: number, number: number, width = 2): Bytes {
  const archive = new Uint8Array(archiveOf([entryOf('a.npy', file, true), entryOf('b.npy', file)]));
  const at = Buffer.from(archive).indexOf(signature, 0, 'latin1') + place;
  const view = new DataView(archive.buffer);
  if (width === 2) view.setUint16(at, number, true);
  else view.setUint32(at, number, true);
  return archive;
}

describe('An archive', () => {
  it.each([
    ['as it is', archiveOf([entryOf('a.npy', file)])],
    ['deflated', archiveOf([entryOf('a.npy', file, true)])],
    ['by fflate', zipSync({ 'a.npy': file })],
    ['with a remark behind it', Buffer.concat([archiveOf([entryOf('a.npy', file)]), Buffer.alloc(300)])],
  ])('is read %s', async (_, archive) => {
    expect(Array.from((await read(archive)).slice(249, 253))).toEqual([249, 250, 0, 1]);
  });

  it.each([0, 1] as const)(
    'is refused where a byte of a file is another than was written, compression %i',
    async (level) => {
      const archive = zipSync({ 'a.npy': file }, { level: level ? 6 : 0 });
      await expect(read(archive)).resolves.toHaveLength(500);
      archive[archive.length - 200]! ^= 1; // of the numbers, in the middle of the file
      await expect(read(archive)).rejects.toThrow(/'a.npy'.*expected|expected .*'a.npy'/);
    },
  );

  it('is read with sizes and places of eight bytes', async () => {
    const plain = archiveOf([entryOf('a.npy', file)]);
    const at = Buffer.from(plain).indexOf('PK\x01\x02', 0, 'latin1');
    const entry = Buffer.from(plain.subarray(at, at + 46 + 5));
    const large = Buffer.alloc(4 + 24);
    [1, 24].forEach((number, i) => large.writeUInt16LE(number, 2 * i));
    [file.length, file.length, 0].forEach((number, i) => large.writeBigUInt64LE(BigInt(number), 4 + 8 * i));
    for (const place of [20, 24, 42]) entry.writeUInt32LE(2 ** 32 - 1, place);
    entry.writeUInt16LE(large.length, 30);
    const end = Buffer.alloc(56 + 20 + 22);
    end.write('PK\x06\x06', 'latin1');
    end.writeBigUInt64LE(1n, 32);
    end.writeBigUInt64LE(BigInt(at), 48);
    end.write('PK\x06\x07', 56, 'latin1');
    end.writeBigUInt64LE(BigInt(at + entry.length + large.length), 56 + 8);
    end.write('PK\x05\x06', 76, 'latin1');
    for (const place of [8, 10]) end.writeUInt16LE(65_535, 76 + place);
    for (const place of [12, 16]) end.writeUInt32LE(2 ** 32 - 1, 76 + place);
    const archive = Buffer.concat([plain.subarray(0, at), entry, large, end]);
    expect((await read(archive))[250]).toBe(250);
  });

  it.each<[string, Uint8Array, RegExp]>([
    [
      'that holds more than it says',
      archiveOf([{ ...entryOf('a.npy', file, true), size: 9 }]),
      /'a.npy': expected what inflates to 9 bytes, got more$/,
    ],
    [
      'that holds less than it says',
      archiveOf([{ ...entryOf('a.npy', file, true), size: 900 }]),
      /'a.npy': expected what inflates to 900 bytes, got 628$/,
    ],
    [
      'that is longer than its file',
      archiveOf([{ ...entryOf('a.npy', file), size: 629 }]),
      /expected 629 bytes of 'a.npy' in the archive, got 628$/,
    ],
    [
      'that is no deflate',
      archiveOf([{ name: 'a.npy', content: new Uint8Array(9).fill(255), method: 8, size: 628 }]),
      /expected what inflates to 628 bytes, got bytes that do not \(\w/,
    ],
    ['that is encrypted', changed('PK\x01\x02', 8, 1), /'a.npy' in the archive as it is, or deflated, got encrypted$/],
    ['that is packed otherwise', changed('PK\x01\x02', 10, 12), /as it is, or deflated, got method 12$/],
    ['that is elsewhere', changed('PK\x01\x02', 42, 7, 4), /expected 'a.npy' in the archive at 7, got another place$/],
    ['whose name is beyond it', changed('PK\x01\x02', 28, 65_000), /got one that ends before byte 6\d{4}$/],
    ['without its end', zipSync({ 'a.npy': file }).subarray(0, -9), /a whole zip archive, got one without its end$/],
    ['of more files than it has', changed('PK\x05\x06', 10, 9), /expected a whole zip archive, got no entry/],
    [
      'of more files than it can have',
      changed('PK\x05\x06', 10, 65_535),
      /an archive with room for its entries, got 65535$/,
    ],
    ['whose directory is elsewhere', changed('PK\x05\x06', 16, 2 ** 32 - 1, 4), /got no entry of its directory at/],
    [
      'of a hundred times its size',
      archiveOf([entryOf('a.npy', npy(new Uint8Array(2 ** 25)), true)]),
      /expected content of at most 100 times the archive's size, got 33554560 bytes$/,
    ],
  ])('%s is refused', async (_, archive, message) => {
    await expect(read(archive)).rejects.toThrow(message);
    await expect(read(archive)).rejects.toThrow(/^readNumpy: /);
  });

  it('of which a megabyte would make a thousand is refused before it has', async () => {
    const zeros = deflateRawSync(new Uint8Array(2 ** 24), { finishFlush: constants.Z_SYNC_FLUSH });
    const content = Buffer.concat(Array<Buffer>(64).fill(zeros));
    const archive = archiveOf([{ name: 'a.npy', content, method: 8, size: 2 ** 20 }]);
    const began = process.cpuUsage();
    await expect(read(archive)).rejects.toThrow(/expected what inflates to 1048576 bytes, got more$/);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(1); // seconds; all of it takes three
  });

  it('with a name that is no file is refused by what it holds', async () => {
    const archive = archiveOf([entryOf('__proto__', file)]);
    await expect(read(archive)).rejects.toThrow(/expected an archive of .npy files alone, got '__proto__'$/);
    await expect(loadAny(archive)).rejects.toThrow(/^loadAny: source: expected a file of /);
  });
});
