/** Several digits in one drawing: strokes that stand apart. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { init } from 'mlp-wasm';
import { normalizeStrokes } from 'mlp-wasm/digits';
import { coordinatesOf, type Stroke } from '../../../web/demo/page/drawing/strokes.js';
import type { Reading } from '../../../web/demo/page/reading/look-inside.js';
import { groupsOf, numberOf } from '../../../web/demo/page/reading/number.js';
import { Pretrained } from '../../../web/demo/page/reading/pretrained.js';
import { readWeightsFile } from '../../../web/demo/page/reading/weights-file.js';
import { findPens, loadPens } from '../support/pens.js';

const FILE = fileURLToPath(new URL('../../../web/demo/public/pretrained.safetensors', import.meta.url));
const line = (...points: [number, number][]): Stroke => points.map(([x, y]) => ({ x, y }));
let network: Pretrained;
beforeAll(async () => {
  await init();
  network = await Pretrained.of(readWeightsFile(new Uint8Array(readFileSync(FILE)).buffer));
});
const read = (pixels: Uint8Array): Promise<Reading> => Promise.resolve(network.read(pixels));
const numberIn = async (strokes: readonly Stroke[]): Promise<string | undefined> =>
  numberOf(strokes, await read((await normalizeStrokes(coordinatesOf(strokes)))!), read);

describe('Strokes', () => {
  it('stand apart, or belong together where one lies over the other, in whatever order they come', () => {
    const bar = line([0.2, 0.5], [0.5, 0.5]);
    const stem = line([0.4, 0.2], [0.4, 0.8]);
    const far = line([0.8, 0.2], [0.8, 0.8]);
    expect(groupsOf([far, bar, stem]).map(({ strokes }) => strokes.length)).toEqual([2, 1]);
    // A bridge joins what stood apart.
    expect(groupsOf([far, stem, line([0.3, 0.5], [0.9, 0.5])])).toHaveLength(1);
  });

  it('are no number where a part is no digit, or far lower than another', async () => {
    expect(await numberIn([line([0.2, 0.1], [0.2, 0.9]), line([0.8, 0.1], [0.8, 0.9])])).toBe('11');
    expect(await numberIn([line([0.2, 0.1], [0.2, 0.9]), line([0.8, 0.8], [0.8, 0.9])])).toBeUndefined();
    const cross = [line([0.5, 0.5], [0.9, 0.5]), line([0.7, 0.3], [0.7, 0.7])];
    expect(await numberIn([line([0.2, 0.1], [0.2, 0.9]), ...cross])).toBeUndefined();
  });

  it.skipIf(findPens().length === 0)('of one digit that people drew are hardly ever a number', async () => {
    const digits = findPens().flatMap(loadPens);
    let numbers = 0;
    for (const { strokes } of digits) numbers += Number((await numberIn(strokes)) !== undefined);
    console.log(`${numbers} of ${digits.length} read as a number`);
    expect(numbers / digits.length).toBeLessThanOrEqual(0.005);
  });
});
