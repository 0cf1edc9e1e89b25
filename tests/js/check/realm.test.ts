/** Values of another realm: a frame, Node's vm, Jest. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense, init, readCsv, readIdx, sequential, writeSafetensors, type Weight } from 'mlp-wasm';
import { normalizeDigit } from 'mlp-wasm/digits';
import { isAbortSignal, isError, isUrl } from '../../../web/src/check/realm.js';
import { propertiesOf } from '../../../web/src/worker/properties.js';
import { packError } from '../../../web/src/worker/values.js';

/** The value of an expression in a realm of its own. */
const elsewhere = <Value>(expression: string): Value => runInNewContext(`(${expression})`) as Value;

const SOURCES = fileURLToPath(new URL('../../../web/src/', import.meta.url));

describe('Values of another realm', () => {
  beforeAll(() => init());

  it('are nowhere asked for by instanceof, which denies them', () => {
    const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const code = (file: string) => readFileSync(SOURCES + file, 'utf8').replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => /\binstanceof\b/.test(code(file)))).toEqual([]);
  });

  it('are samples, targets, weights and outputs', async () => {
    const model = sequential({ layers: [dense({ units: 1, inputShape: [2], kernelInitializer: 'ones' })] });
    model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
    const x = elsewhere<Float32Array>('Float32Array.of(1, 2, 3, 4)');
    expect(x instanceof Float32Array).toBe(false); // else nothing is tested
    expect(model.predict(x)).toEqual(Float32Array.of(3, 7));
    expect(model.predict(elsewhere<Float32Array>('Float32Array.of(1, 2)'))).toEqual(Float32Array.of(3));
    expect(model.predict(elsewhere<Uint8Array>('Uint8Array.of(1, 2)'))).toEqual(Float32Array.of(3));
    expect(model.predict({ data: elsewhere<Uint8Array>('Uint8Array.of(1, 2)'), scale: 2 })).toEqual(Float32Array.of(6));
    expect(model.predict(elsewhere<number[][]>('[[1, 2], Float64Array.of(3, 4)]'))).toEqual(Float32Array.of(3, 7));
    const output = elsewhere<Float32Array>('new Float32Array(2)');
    expect(model.predict(x, { output })).toBe(output);
    expect([...output]).toEqual([3, 7]);
    const sparse = elsewhere<{
      shape: [number, number];
      indptr: Int32Array;
      indices: Int32Array;
      values: Float32Array;
    }>('{ shape: [1, 2], indptr: Int32Array.of(0, 1), indices: Int32Array.of(1), values: Float32Array.of(5) }');
    expect(model.predict(sparse)).toEqual(Float32Array.of(5));
    const options = { sampleWeight: elsewhere<Float32Array>('Float32Array.of(1, 1)') };
    await model.fit(x, elsewhere<Float32Array>('Float32Array.of(3, 7)'), options);
    const weights = model.getWeights().map(({ name, shape, data }): Weight => {
      return { name, shape, data: elsewhere<Float32Array>(`Float32Array.from(${JSON.stringify([...data])})`) };
    });
    model.setWeights(weights);
    model.dispose();
  });

  it('are files and drawings', async () => {
    expect(readCsv(elsewhere<Uint8Array>('Uint8Array.of(49, 44, 50)')).x).toEqual(Float32Array.of(1));
    const idx = elsewhere<Uint8Array>('Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)');
    expect((await readIdx(idx)).data).toEqual(Uint8Array.of(7));
    expect((await readIdx(elsewhere<ArrayBuffer>('Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7).buffer'))).data[0]).toBe(7);
    expect(await normalizeDigit(elsewhere<Uint8ClampedArray>('new Uint8ClampedArray(4)'), 2, 2)).toBeUndefined();
    const data = elsewhere<Float32Array>('Float32Array.of(1)');
    expect(writeSafetensors([{ name: 'a', shape: [1], data }]).length).toBeGreaterThan(8);
  });

  it('are errors, of their class', () => {
    const error = elsewhere<Error>("Object.assign(new (class Own extends RangeError {})('no'), { name: 'Own' })");
    expect(error instanceof Error).toBe(false);
    expect(isError(error)).toBe(true);
    expect(packError(error)).toMatchObject({ type: 'RangeError', name: 'Own', message: 'no' });
    expect(packError(elsewhere<Error>("new Error('plain')")).type).toBe('Error');
    expect(packError(new DOMException('stop', 'AbortError'))).toMatchObject({
      type: 'DOMException',
      name: 'AbortError',
    });
  });

  it('are objects with the methods of their classes, and not those of every object', () => {
    const object = elsewhere<object>('new (class { a = 1; b() {} })()');
    expect([...propertiesOf(object).keys()]).toEqual(['a', 'b']);
  });

  it('are known from what is like them', () => {
    expect([isUrl(new URL('a:b')), isAbortSignal(new AbortController().signal)]).toEqual([true, true]);
    expect([isUrl({ href: 'a:b' }), isAbortSignal({ aborted: false }), isError({ message: 'no' })]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
