/** Lists within lists where a number belongs: their text would exhaust the stack of who puts it into a sentence. */
import { unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, sequential } from 'mlp-wasm';
import { exportModel, loadAny } from 'mlp-wasm/files';

beforeAll(() => init());

const DEEP = '['.repeat(15_000) + ']'.repeat(15_000);

const PLACES = [
  ['inputShape', /"inputShape":\[2\]/, `"inputShape":[${DEEP}]`],
  ['units', /"units":1/, `"units":${DEEP}`],
] as const;

async function exported(format: 'numpy' | 'pytorch'): Promise<Uint8Array> {
  const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })], seed: 1 });
  const files = await exportModel(model, format);
  model.dispose();
  return files.find(({ name }) => /\.(npz|safetensors)$/.test(name))!.bytes;
}

describe.each(PLACES)('A list of 15,000 lists as %s', (_, number, list) => {
  it('of a NumPy archive is refused in a sentence', async () => {
    const files = unzipSync(await exported('numpy'));
    const text = Buffer.from(files['architecture.npy']!).toString('latin1');
    // Its own header tells its length, in digits that leave room.
    const [header, json] = [text.slice(0, 128), text.slice(128).replace(number, list)];
    const told =
      header
        .replace(/\((\d+),\)/, `(${json.length},)`)
        .replace(/ *\n$/, '')
        .padEnd(127) + '\n';
    const archive = zipSync({ ...files, 'architecture.npy': Buffer.from(told + json, 'latin1') });
    expect(json.includes(DEEP)).toBe(true);
    await expect(loadAny(archive)).rejects.toThrow(/^loadAny: .*expected an integer.*got Array\(1\)/);
  });

  it('of our own file for PyTorch is refused in a sentence', async () => {
    const bytes = await exported('pytorch');
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()) as {
      __metadata__: Record<string, string>;
    };
    const changed = Object.entries(header.__metadata__).map(([key, text]) => [key, text.replace(number, list)]);
    header.__metadata__ = Object.fromEntries(changed) as Record<string, string>;
    const json = Buffer.from(JSON.stringify(header));
    expect(json.includes(DEEP)).toBe(true);
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(json.length));
    const file = Buffer.concat([size, json, bytes.subarray(8 + length)]);
    await expect(loadAny(file)).rejects.toThrow(/^loadAny: .*expected an integer.*got Array\(1\)/);
  });
});
