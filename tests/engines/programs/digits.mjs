/** Generated digits. */
import { generateDigits, loadDigits } from 'mlp-wasm/digits';

/** @param options of `loadDigits` */
export async function digits(options) {
  await loadDigits(options);
  const { x, y } = await generateDigits({ count: 20, seed: 1 });
  return { result: `${y.join('')} ${hashOf(x)}` };
}

/** FNV-1a of the array's bytes: two arrays that differ in a bit differ in it. */
function hashOf(array) {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(array.buffer)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16);
}
