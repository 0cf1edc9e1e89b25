/** The training series of the charts, from what `fit` tells. */
import { describe, expect, it } from 'vitest';
import { Meter } from '../../../web/demo/page/training/meter.js';

describe('the meter', () => {
  it('gives means over a thousand samples and more, across the borders of epochs', () => {
    // Losses fall slowly, but for the first batch of each epoch, which is far off, as single batches are.
    const epochSamples = 3000;
    const batch = 50;
    const meter = new Meter(epochSamples, true, 0);
    const losses: number[] = [];
    let now = 0;
    for (let epoch = 0; epoch < 4; epoch++) {
      let sum = 0;
      for (let samples = batch; samples <= epochSamples; samples += batch) {
        sum += batch * (samples === batch ? 10 : 1);
        now += 7;
        const figures = meter.take(samples, { loss: sum / samples, accuracy: 0.5 }, now);
        if (figures) losses.push(figures.loss);
      }
      meter.endEpoch(epochSamples, { loss: sum / epochSamples, accuracy: 0.5 });
    }
    expect(losses.length).toBe(12);
    expect(Math.max(...losses)).toBeLessThan(1.5);
  });

  it('begins where a run goes on, whatever the epoch had before', () => {
    const meter = new Meter(3000, false, 0);
    expect(meter.take(1500, { loss: 8, accuracy: 0 }, 10)).toBeUndefined();
    const figures = meter.take(2500, { loss: (8 * 1500 + 1000) / 2500, accuracy: 0.4 }, 20);
    expect(figures!.loss).toBeCloseTo(1);
    expect(figures!.samplesPerSecond).toBeCloseTo(100_000);
  });
});
