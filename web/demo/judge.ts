/** Which held-out digits a network reads wrongly. Used by the training worker. */
import type { DigitSet, Sequential } from 'mlp-wasm';
import type { Mistake, Mistakes } from './training-messages.js';

/** Mistakes that are shown. */
const SHOWN = 24;
const CLASSES = 10;

export function judge(model: Sequential, set: DigitSet): Mistakes {
  const probabilities = model.predict(set.x);
  const confusion = new Uint32Array(CLASSES * CLASSES);
  const wrong: { row: number; read: number; probability: number }[] = [];
  for (let row = 0; row < set.count; row++) {
    const ten = probabilities.subarray(row * CLASSES, (row + 1) * CLASSES);
    let read = 0;
    for (let digit = 1; digit < CLASSES; digit++) if (ten[digit]! > ten[read]!) read = digit;
    const label = set.y[row]!;
    confusion[label * CLASSES + read]!++;
    if (read !== label) wrong.push({ row, read, probability: ten[read]! });
  }
  wrong.sort((a, b) => b.probability - a.probability);
  const worst = wrong.slice(0, SHOWN).map(({ row, read, probability }): Mistake => {
    const image = set.x.subarray(row * set.features, (row + 1) * set.features);
    return { pixels: Uint8Array.from(image, (ink) => 255 * ink), label: set.y[row]!, read, probability };
  });
  return { confusion, worst, wrong: wrong.length, total: set.count };
}
