import { describe, expect, it } from 'vitest';
import { faultOf, fuzz } from '../../fire/fuzz/fuzz.js';
import { READERS } from '../../fire/fuzz/readers.js';

// A short run of `npm run test:fire -- --only fuzz`, from the same seed each time.

describe('Whatever it reads,', () => {
  it.each(READERS.map(({ name }) => name))(
    '%s returns or says what is wrong, soon and in little memory',
    async (name) => {
      const { read, refused, faults } = await fuzz(name, 1, 2000);
      expect(faults).toEqual([]);
      expect(read).toBeGreaterThan(40);
      expect(refused).toBeGreaterThan(40);
    },
  );

  it('what makes no clear error is a fault', () => {
    expect(faultOf('readIdx', new RangeError('readIdx: expected a file, got none'))).toBeUndefined();
    for (const thrown of [
      'readIdx: a text',
      new SyntaxError('readIdx: expected a file, got none'),
      new TypeError("Cannot read properties of undefined (reading 'length')"),
      new RangeError('readIdx: Maximum call stack size exceeded'),
      new RangeError(`readIdx: expected a file, got ${'x'.repeat(5000)}`),
      new WebAssembly.RuntimeError('readIdx: memory access out of bounds'),
      new RangeError('readCsv: expected a file, got none'),
    ]) {
      expect(faultOf('readIdx', thrown), String(thrown).slice(0, 80)).toBeTypeOf('string');
    }
  });
});
