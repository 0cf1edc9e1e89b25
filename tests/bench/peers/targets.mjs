/** Class indices as rows of one-hot numbers, or as the one number of a binary output. */
export function targetRows({ sizes }, y) {
  const units = sizes.at(-1);
  if (units === 1) return Float32Array.from(y);
  const rows = new Float32Array(y.length * units);
  y.forEach((label, row) => (rows[row * units + label] = 1));
  return rows;
}
