/** `file://` in Node: whole or not at all, and sentences for what goes wrong. */
import { spawn } from 'node:child_process';
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dense, init, sequential, type Sequential } from 'mlp-wasm';
import { copyModel, listModels, load, loadBytes, moveModel, removeModel, save, type Progress } from 'mlp-wasm/storage';
import { bitsOf, weightBits } from '../support/bits.js';
import { DIST_PATH } from '../support/thread.js';

let folder: string;
const at = (name: string) => pathToFileURL(join(folder, name)).href;

beforeAll(() => init());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mlp-wasm-storage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function build(seed = 1): Sequential {
  const model = sequential({
    seed,
    layers: [dense({ units: 4, activation: 'tanh', inputShape: [2] }), dense({ units: 3, activation: 'softmax' })],
  });
  model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
  return model;
}
const X = [
  [0.1, 0.2],
  [0.3, -0.4],
];

/** The message of what a call rejects with. */
const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('A model in a file', () => {
  it('is loaded as it was saved, to the bit', async () => {
    using model = build();
    const before = Date.now();
    const result = await save(model, at('a.safetensors'));
    expect(result).toEqual({
      url: at('a.safetensors'),
      bytes: (await stat(join(folder, 'a.safetensors'))).size,
      dateSaved: expect.any(Date) as Date,
    });
    expect(+result.dateSaved).toBeGreaterThanOrEqual(before);
    using loaded = await load(at('a.safetensors'));
    expect(weightBits(loaded)).toEqual(weightBits(model));
    expect(bitsOf(loaded.predict(X))).toBe(bitsOf(model.predict(X)));
    expect(await readdir(folder)).toEqual(['a.safetensors']);
  });

  it('that is a checkpoint trains on', async () => {
    using model = build();
    await model.fit(X, [0, 2], { epochs: 3 });
    await save(model.checkpoint(), at('c'));
    using loaded = await load(at('c'));
    await Promise.all([model, loaded].map((one) => one.fit(X, [0, 2], { epochs: 6, resume: true })));
    expect(weightBits(loaded)).toEqual(weightBits(model));
    using other = build();
    await other.fit(X, [0, 2], { epochs: 3 });
    expect(weightBits(other)).not.toEqual(weightBits(model));
  });

  it.each([
    ['a URL', (path: string) => pathToFileURL(path)],
    ['an address relative to the working directory', (path: string) => `file://./${relative(process.cwd(), path)}`],
    ['one above it', (path: string) => `file://${relative(process.cwd(), path)}`],
    ['one in capitals', (path: string) => `FILE://${path}`],
  ])('is found by %s', async (_name, address) => {
    const path = join(folder, 'größe 1');
    const url = address(path);
    await save(Uint8Array.of(1, 2, 3), url);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    expect(await loadBytes(url)).toEqual(Uint8Array.of(1, 2, 3));
    await removeModel(url);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is copied and moved, over what is there', async () => {
    await save(Uint8Array.of(1), at('a'));
    await save(Uint8Array.of(2), at('b'));
    expect((await copyModel(at('a'), at('b'))).bytes).toBe(1);
    expect(await loadBytes(at('b'))).toEqual(Uint8Array.of(1));
    expect((await moveModel(at('b'), at('c'))).url).toBe(at('c'));
    expect((await readdir(folder)).sort()).toEqual(['a', 'c']);
  });

  it('is not moved onto itself, by whatever address', async () => {
    await save(Uint8Array.of(1), at('a'));
    await symlink(join(folder, 'a'), join(folder, 'b'));
    const here = `file://./${relative(process.cwd(), join(folder, 'a'))}`;
    for (const to of [at('a'), at('b'), here]) {
      expect(await messageOf(moveModel(at('a'), to))).toBe(
        `RangeError: moveModel: to: expected another address than from, got '${to}'`,
      );
    }
    expect(await loadBytes(at('a'))).toEqual(Uint8Array.of(1));
  });

  it('is in no list', async () => {
    await save(Uint8Array.of(1), at('a'));
    expect(await listModels()).toEqual({});
  });
});

describe('A save', () => {
  it('keeps the mode of the file, what links to it, and its other names as they were', async () => {
    await writeFile(join(folder, 'a'), 'old', { mode: 0o600 });
    await symlink(join(folder, 'a'), join(folder, 'link'));
    await link(join(folder, 'a'), join(folder, 'other'));
    await save(Uint8Array.of(7), at('link'));
    expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o600);
    expect([...(await readFile(join(folder, 'a')))]).toEqual([7]);
    expect(await readFile(join(folder, 'other'), 'utf8')).toBe('old');
  });

  it('takes the bytes as they are when it is called', async () => {
    const bytes = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
    const saved = save(bytes, at('a'));
    bytes.fill(9);
    await saved;
    expect(await loadBytes(at('a'))).toEqual(Uint8Array.of(2, 3));
  });

  it('shows readers the old file or the new one, whoever else saves there', async () => {
    const size = 300_000;
    const versions = Array.from({ length: 12 }, (_, i) => new Uint8Array(size).fill(i));
    await save(versions[0]!, at('a'));
    let isSaving = true;
    const saves = Promise.all(versions.map((bytes) => save(bytes, at('a')))).finally(() => (isSaving = false));
    let reads = 0;
    while (isSaving) {
      const bytes = await loadBytes(at('a'));
      expect(bytes.length).toBe(size);
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
      reads++;
    }
    await saves;
    expect(reads).toBeGreaterThan(0);
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('that dies on the way leaves the old file', async () => {
    await save(Uint8Array.of(1), at('a'));
    // The process ends itself when the new file is there, but not yet in its place.
    const program = `
      import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { save } = await import(${JSON.stringify(`${DIST_PATH}storage.js`)});
      fs.rename = async () => process.exit(9);
      syncBuiltinESMExports();
      await save(new Uint8Array(50_000), ${JSON.stringify(at('a'))});`;
    const code = await new Promise((resolve) =>
      spawn(process.execPath, ['--input-type=module', '-e', program]).on('exit', resolve),
    );
    expect(code).toBe(9);
    expect(await loadBytes(at('a'))).toEqual(Uint8Array.of(1));
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('that is aborted leaves the old file and nothing else', async () => {
    await save(Uint8Array.of(1), at('a'));
    const reason = new Error('enough');
    const before = new AbortController();
    before.abort(reason);
    await expect(save(Uint8Array.of(2), at('a'), { signal: before.signal })).rejects.toBe(reason);
    const during = new AbortController();
    const saved = save(new Uint8Array(30_000_000), at('a'), { signal: during.signal });
    setTimeout(() => during.abort(reason), 2);
    await expect(saved).rejects.toBe(reason);
    expect(await loadBytes(at('a'))).toEqual(Uint8Array.of(1));
    expect(await readdir(folder)).toEqual(['a']);
  });

  it('tells of its progress when it is done', async () => {
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => void told.push(progress);
    await save(new Uint8Array(70_000), at('a'), { onProgress });
    await loadBytes(at('a'), { onProgress });
    expect(told).toEqual([
      { loaded: 70_000, total: 70_000 },
      { loaded: 70_000, total: 70_000 },
    ]);
  });
});

describe('A load', () => {
  it('that is aborted rejects with the reason', async () => {
    await save(new Uint8Array(50_000_000), at('a'));
    const controller = new AbortController();
    const loaded = loadBytes(at('a'), { signal: controller.signal });
    controller.abort();
    await expect(loaded).rejects.toBe(controller.signal.reason);
  });

  it('takes a File or a Blob, in pieces', async () => {
    using model = build();
    const bytes = await model.save();
    using fromFile = await load(new File([bytes], 'model.safetensors'));
    expect(weightBits(fromFile)).toEqual(weightBits(model));
    const told: Progress[] = [];
    const large = new Uint8Array(500_000).map((_, i) => i);
    const parts = [large.subarray(0, 200_000), large.subarray(200_000, 300_000), large.subarray(300_000)];
    const loaded = await loadBytes(new Blob(parts), { onProgress: (progress) => void told.push(progress) });
    expect(loaded).toEqual(large);
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toEqual({ loaded: 500_000, total: 500_000 });
    expect(told.every(({ loaded }, i) => i === 0 || loaded > told[i - 1]!.loaded)).toBe(true);
    const [stop, enough] = [new AbortController(), new Error('enough')];
    const stopped = loadBytes(new Blob(parts), { signal: stop.signal, onProgress: () => stop.abort(enough) });
    await expect(stopped).rejects.toBe(enough);
    const fault = new Error('of the caller');
    const failing = () => {
      throw fault;
    };
    await expect(loadBytes(new Blob(parts), { onProgress: failing })).rejects.toBe(fault);
  });

  it('says what is wrong with the file, and where it is', async () => {
    using model = build();
    const bytes = await model.save();
    await save(bytes.slice(0, bytes.length - 5), at('short'));
    await save(bytes.slice(0, 20), at('shorter'));
    await save(new TextEncoder().encode('<!doctype html><title>No</title>'), at('page'));
    expect(await messageOf(load(at('short')))).toMatch(
      new RegExp(`^RangeError: load: ${at('short')}: readSafetensors: tensor "dense_1/bias": expected .* got`),
    );
    expect(await messageOf(load(at('shorter')))).toMatch(/: the file is truncated$/);
    expect(await messageOf(load(at('page')))).toMatch(/it begins with '<!doctype html>.*as a web page does/);
    expect(await messageOf(load(new File([bytes.slice(0, 20)], 'a.bin')))).toMatch(
      /^RangeError: load: the file 'a\.bin': readSafetensors: .*truncated$/,
    );
  });
});

describe('The file system refuses in words', () => {
  it.each([
    [
      'a file that is not there',
      () => load(at('no')),
      () => `load: ${at('no')}: expected a file, got none at ${join(folder, 'no')}`,
    ],
    [
      'to remove what is not there',
      () => removeModel(at('no')),
      () => `removeModel: ${at('no')}: expected a file, got none at ${join(folder, 'no')}`,
    ],
    [
      'to move what is not there',
      () => moveModel(at('no'), at('b')),
      () => `moveModel: ${at('no')}: expected a file, got none at ${join(folder, 'no')}`,
    ],
    [
      'a folder that is not there',
      () => save(Uint8Array.of(1), at('no/a')),
      () => `save: ${at('no/a')}: expected an existing folder, got none for ${join(folder, 'no/a')}`,
    ],
    [
      'to load a folder',
      () => load(at('folder')),
      () => `load: ${at('folder')}: it is a folder: ${join(folder, 'folder')}`,
    ],
    [
      'to save onto a folder',
      () => save(Uint8Array.of(1), at('folder')),
      () => `save: ${at('folder')}: it is a folder: ${join(folder, 'folder')}`,
    ],
    [
      'a file within a file',
      () => save(Uint8Array.of(1), at('file/a')),
      () => `save: ${at('file/a')}: a part of its path is no folder: ${join(folder, 'file/a')}`,
    ],
  ])('%s', async (_name, call, message) => {
    await mkdir(join(folder, 'folder'));
    await writeFile(join(folder, 'file'), 'x');
    expect(await messageOf(call())).toBe(`Error: ${message()}`);
    expect((await readdir(folder)).sort()).toEqual(['file', 'folder']);
  });

  it.skipIf(process.getuid?.() === 0)('where this user may not write', async () => {
    await chmod(folder, 0o500);
    expect(await messageOf(save(Uint8Array.of(1), at('a')))).toMatch(/this user may not/);
    await chmod(folder, 0o700);
  });

  it('a disk that is full, and leaves nothing there', async () => {
    // Linux has such a device: whatever is written to it fails for want of room.
    const program = `
      import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { save } = await import(${JSON.stringify(`${DIST_PATH}storage.js`)});
      const { open } = fs;
      fs.open = async (path, ...rest) => {
        const file = await open(path, ...rest);
        file.writeFile = async () => { await (await open('/dev/full', 'w')).writeFile('x'); };
        return file;
      };
      syncBuiltinESMExports();
      await save(Uint8Array.of(2), ${JSON.stringify(at('a'))}).catch(({ message }) => console.log(message));`;
    await save(Uint8Array.of(1), at('a'));
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    let output = '';
    child.stdout.on('data', (text) => (output += String(text)));
    await new Promise((resolve) => child.on('close', resolve));
    expect(output).toContain(`save: ${at('a')}: there is no room left on the disk; what was there before is as it was`);
    expect(await loadBytes(at('a'))).toEqual(Uint8Array.of(1));
    expect(await readdir(folder)).toEqual(['a']);
  });
});
