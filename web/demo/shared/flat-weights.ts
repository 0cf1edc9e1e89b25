/** All weights of a network, one after the other: a point in the space that a training goes through. */
export function flat(weights: readonly { data: Float32Array }[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(weights.reduce((sum, { data }) => sum + data.length, 0));
  let to = 0;
  for (const { data } of weights) {
    all.set(data, to);
    to += data.length;
  }
  return all;
}
