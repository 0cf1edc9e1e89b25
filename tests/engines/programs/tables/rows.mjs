/** A small table with a category, missing cells and a class, the same one each time. */
export const ROWS = Array.from({ length: 120 }, (_, i) => ({
  length: i % 11 === 0 ? null : Math.round(100 * (2 + Math.sin(i * i))) / 100,
  width: Math.round(100 * Math.cos(3 * i)) / 100,
  colour: ['red', 'blue', 'grey'][(i % 7) % 3],
  kind: Math.sin(i * i) * Math.cos(3 * i) > 0 ? 'upper' : 'lower',
}));

/** The answers of a model on these rows, of which each probability is told by its bits. */
export const answersOf = (model) =>
  model
    .predict(ROWS)
    .map(({ label, probability }) => `${label} ${bitsOf(probability)}`)
    .join();

function bitsOf(number) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return view.getBigUint64(0).toString(16);
}
