/** Damaged copies of valid files, the same ones on every run: for tests that no file can break a reader. */

/** Bytes at which parsers tend to change their mind. */
const TELLING = [0x00, 0x01, 0x7f, 0x80, 0xff, ...new TextEncoder().encode('\n\r\t ",;:-.019eE{}[]\\')];

/** `count` copies of `bytes` with up to four bytes changed, a stretch cut out or repeated, or the end cut off. */
export function* mutants(bytes: Uint8Array, count: number, seed = 1): Generator<Uint8Array> {
  const random = generator(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let i = 0; i < count; i++) {
    const at = below(bytes.length);
    const to = Math.min(bytes.length, at + 1 + below(16));
    switch (below(5)) {
      case 0:
        yield bytes.slice(0, at);
        break;
      case 1:
        yield Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(to));
        break;
      case 2:
        yield Uint8Array.of(...bytes.subarray(0, to), ...bytes.subarray(at));
        break;
      default: {
        const changed = bytes.slice();
        for (let n = 1 + below(4); n > 0; n--) {
          // Half of them early, where the headers are.
          const place = below(random() < 0.5 ? Math.min(64, bytes.length) : bytes.length);
          changed[place] = random() < 0.5 ? TELLING[below(TELLING.length)]! : below(256);
        }
        yield changed;
      }
    }
  }
}

/** Numbers in [0, 1): the generator “mulberry32” by Tommy Ettinger. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
