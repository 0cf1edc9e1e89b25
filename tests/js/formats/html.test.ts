/** The page that a model becomes: its drawings are prepared as the package prepares them. tests/browser opens it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, normalization, sequential, type LayerConfig } from 'mlp-wasm';
import { normalizeStrokes } from 'mlp-wasm/digits';
import { exportModel } from 'mlp-wasm/files';
import { randomOf } from '../support/networks.js';
import { findPens, loadPens } from '../support/pens.js';

beforeAll(() => init());

type Strokes = number[][][];

async function pageOf(layers: LayerConfig[], names: object = {}): Promise<string> {
  const model = sequential({ layers });
  Object.assign(model, names);
  const [file] = await exportModel(model, 'html', { quantize: 'int8' });
  model.dispose();
  expect(file!.name).toBe('model.html');
  return new TextDecoder().decode(file!.bytes);
}

const DIGITS: LayerConfig[] = [dense({ units: 10, activation: 'softmax', inputShape: [784] })];

/** The function of the page that makes an image of strokes in the unit square. */
async function imageOf(): Promise<(strokes: Strokes) => Float32Array> {
  const page = await pageOf(DIGITS);
  const text = page.slice(page.indexOf('function imageOf'), page.indexOf('const pad ='));
  return new Function('config', `${text}; return imageOf;`)({ white: 1 }) as (strokes: Strokes) => Float32Array;
}

/** Of each drawing, how much ink lies elsewhere, as a share of all ink; the least first. */
async function differencesOf(drawings: readonly Strokes[]): Promise<number[]> {
  const draw = await imageOf();
  const differences: number[] = [];
  for (const strokes of drawings) {
    const own = (await normalizeStrokes(strokes.map((stroke) => stroke.flat())))!;
    const image = draw(strokes);
    const sum = image.reduce((total, value, i) => total + Math.abs(value - own[i]! / 255), 0);
    differences.push(sum / own.reduce((total, value) => total + value / 255, 0));
  }
  return differences.sort((a, b) => a - b);
}

describe('A page for digits', () => {
  it('prepares drawings as normalizeStrokes does', async () => {
    const random = randomOf(7);
    const point = () => [0.1 + 0.8 * random(), 0.1 + 0.8 * random()];
    const drawings = Array.from({ length: 60 }, (_, i): Strokes => {
      return Array.from({ length: 1 + (i % 3) }, () => Array.from({ length: 2 + Math.floor(9 * random()) }, point));
    });
    const differences = await differencesOf(drawings);
    expect(differences[54]).toBeLessThan(0.01); // a centre of mass near half a pixel may be rounded the other way
  });

  it.skipIf(findPens().length === 0)('prepares what people drew as normalizeStrokes does', async () => {
    for (const file of findPens()) {
      const drawings = loadPens(file)
        .slice(0, 300)
        .map(({ strokes }) => strokes.map((stroke) => stroke.map(({ x, y }) => [x, y])));
      const differences = await differencesOf(drawings);
      expect(differences[295]).toBeLessThan(0.01);
    }
  });

  it('gives nothing for no stroke, and ink in the middle for a dot', async () => {
    const draw = await imageOf();
    expect(draw([]).every((value) => value === 0)).toBe(true);
    const dot = draw([[[0.2, 0.3]]]);
    expect(Math.max(...dot)).toBe(1);
    expect(dot[14 * 28 + 14]).toBe(1);
    expect(dot[0]).toBe(0);
  });
});

describe('A page', () => {
  it('asks no network for anything, and has names of any kind as text', async () => {
    const names = { classNames: ['</script><script>alert(1)', 'TITLE CONFIG $& $1'], featureNames: ['<b>', "SCRIPT'"] };
    const layers = [normalization({ inputShape: [2] }), dense({ units: 2, activation: 'softmax' })];
    const page = await pageOf(layers, names);
    expect(page).toContain(`default-src 'none'`);
    expect(page).not.toMatch(/(?:src|href)=|https?:|@import|url\(/);
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(page).toContain('TITLE CONFIG $& $1');
    expect(page).not.toMatch(/^(?:BODY|MODULE|SCRIPT|TITLE)$/m);
  });

  it('is refused with an unknown option', async () => {
    const model = sequential({ layers: DIGITS });
    await expect(exportModel(model, 'html', { prefix: 'a' })).rejects.toThrow(/^exportModel: options: option/);
    model.dispose();
  });
});
