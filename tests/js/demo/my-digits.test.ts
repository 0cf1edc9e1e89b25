/** My digits: their file, of which nothing is believed, and what is held out of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadFile, fromFile, toFile } from '../../../web/demo/page/my-digits/digits-file.js';
import { digitsOf, newDigit, split } from '../../../web/demo/page/my-digits/my-digit.js';
import type { MyDigit } from '../../../web/demo/page/my-digits/my-digit.js';

const digit = (label: number, level = 200): MyDigit =>
  newDigit({
    label,
    time: Date.UTC(2026, 10, 29, 11, 30, label),
    strokes: [
      [
        { x: 0.25, y: 0.125 },
        { x: 0.5, y: 0.75, width: 1.25 },
      ],
    ],
    pixels: new Uint8Array(784).fill(level, 300, 400),
  });
const withoutId = ({ id: _id, ...rest }: MyDigit): Omit<MyDigit, 'id'> => rest;
const reasonOf = (text: string): unknown => {
  try {
    return fromFile(text);
  } catch (error) {
    if (error instanceof BadFile) return error.reason;
    throw error;
  }
};

describe('A file of my digits', () => {
  const mine = [digit(4), digit(8, 31), { ...digit(0), strokes: [] }];
  const file = toFile(mine);

  it('comes back as it was', () => {
    expect(fromFile(file)).toEqual(mine.map(withoutId));
    expect(fromFile(toFile([]))).toEqual([]);
  });

  it.each([
    ['', { fault: 'no-json' }],
    ['<!doctype html>', { fault: 'no-json' }],
    [file.slice(0, -20), { fault: 'no-json' }],
    ['null', { fault: 'other' }],
    ['[1, 2]', { fault: 'other' }],
    [file.replace('"version":1', '"version":2'), { fault: 'other' }],
    [file.replace('"label":4', '"label":10'), { fault: 'digit', number: 1, field: 'label' }],
    [file.replace('"label":8', '"label":"8"'), { fault: 'digit', number: 2, field: 'label' }],
    [file.replace('2026-', 'in '), { fault: 'digit', number: 1, field: 'time' }],
    [file.replace('[[[0.25', '[[[1e999'), { fault: 'digit', number: 1, field: 'strokes' }],
    [file.replace('[[[0.25,', '[[['), { fault: 'digit', number: 1, field: 'strokes' }],
    [file.replace('[[[0.25', '[[["a"'), { fault: 'digit', number: 1, field: 'strokes' }],
    [file.replace('"pixels":"AAAA', '"pixels":"'), { fault: 'digit', number: 1, field: 'pixels' }],
    [file.replace('"pixels":"A', '"pixels":"é'), { fault: 'digit', number: 1, field: 'pixels' }],
    [toFile([{ ...digit(1), pixels: new Uint8Array(784) }]), { fault: 'digit', number: 1, field: 'pixels' }],
    [`{"format":"mlp-wasm my digits","version":1,"digits":[${'0,'.repeat(10_000)}0]}`, { fault: 'many' }],
  ])('is refused with a reason: %.40s', (text, reason) => {
    expect(reasonOf(text)).toEqual(reason);
  });

  it('is read or refused, whatever was changed in it', () => {
    const [first] = JSON.parse(file).digits as [object];
    const names = fc.constantFrom('label', 'time', 'strokes', 'pixels', '__proto__', 'other');
    fc.assert(
      fc.property(fc.dictionary(names, fc.jsonValue()), (changes) => {
        const text = JSON.stringify({
          format: 'mlp-wasm my digits',
          version: 1,
          digits: [{ ...first, ...changes }],
        });
        const read = reasonOf(text) as MyDigit[] | { fault: string };
        if (Array.isArray(read)) expect(read[0]!.pixels).toHaveLength(784);
        else expect(read.fault).toBe('digit');
      }),
    );
  });
});

describe('Digits to compare on', () => {
  it('are every fifth of a label, and none where there are fewer', () => {
    const mine = [...Array<number>(12).fill(3), ...Array<number>(4).fill(5), ...Array<number>(5).fill(9)].map((label) =>
      digit(label),
    );
    const { learned, heldOut } = split(mine);
    expect(heldOut.map(({ label }) => label)).toEqual([3, 3, 9]);
    expect(learned).toHaveLength(18);
    expect(learned.some((one) => heldOut.includes(one))).toBe(false);
    expect(digitsOf(heldOut).labels).toEqual(Uint8Array.of(3, 3, 9));
  });
});
