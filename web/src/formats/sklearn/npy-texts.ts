/** Arrays of texts in `.npy`, as np.unique makes of labels: `<U10`, ten characters of four bytes each, filled up with 0. */

/** The texts; undefined where it is an array of something else. */
export function readNpyTexts(bytes: Uint8Array): string[] | undefined {
  if (bytes.length < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [begin, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const start = begin + length;
  if (start > bytes.length) return undefined;
  const header = new TextDecoder().decode(bytes.subarray(begin, start));
  const [, order, letters] = /'descr': *'([<>])U(\d+)'/.exec(header) ?? [];
  const [, shape] = /'shape': *\((\d+),\)/.exec(header) ?? [];
  if (letters === undefined || shape === undefined) return undefined;
  const [width, count] = [Number(letters), Number(shape)];
  if (width === 0 || !(start + 4 * width * count <= bytes.length)) return undefined;
  return Array.from({ length: count }, (_, i) => {
    let text = '';
    for (let letter = 0; letter < width; ++letter) {
      const code = view.getUint32(start + 4 * (i * width + letter), order === '<');
      if (code === 0) break;
      text += String.fromCodePoint(Math.min(code, 0x10ffff));
    }
    return text;
  });
}
