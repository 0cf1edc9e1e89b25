/** The words for a reading. */
import { describe, expect, it } from 'vitest';
import { bestOf, confidence } from '../../../web/demo/page/reading/confidence.js';
import type { Reading } from '../../../web/demo/page/reading/look-inside.js';

/** A reading that gives `first` the probability `sure`, and `second` the rest. */
function reading(first: number, sure: number, second: number, refused = false): Reading {
  const probabilities = new Float32Array(10);
  probabilities[first] = sure;
  probabilities[second] = 1 - sure;
  return { probabilities, hidden: [], refused };
}

describe('the words for a reading', () => {
  it.each([
    [reading(3, 0.99, 8), 'good', 'Quite sure.'],
    [reading(3, 0.8, 8), 'good', 'Probably; else an 8.'],
    [reading(3, 0.55, 7), 'good', 'Hesitates: it might be a 7.'],
    [reading(3, 0.99, 8), 'some', 'It thinks so, but has much to learn.'],
    [reading(3, 0.99, 8), 'none', 'A guess: this network has learned nothing yet.'],
    [reading(3, 0.99, 8, true), 'good', 'Not a digit I know.'],
  ] as const)('%# are as sure as the network may be', (given, skill, words) => {
    expect(confidence(given, skill)).toBe(words);
  });

  it('name no digit where the network refuses', () => {
    expect(bestOf(reading(3, 0.99, 8))).toBe(3);
    expect(bestOf(reading(3, 0.99, 8, true))).toBeUndefined();
  });
});
