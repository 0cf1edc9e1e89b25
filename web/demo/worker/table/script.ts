/** The model as one JavaScript module that takes rows by the names of their columns. */
import { exportModel } from 'mlp-wasm/files';
import type { TableModel } from './training.js';

/** Turns a row into inputs, and outputs into an answer, as the package does; what it calls stands above it. */
const ASK = `
/* answer({ column: cell, … }): missing cells are null. */
export function answer(row) {
  const isMissing = (cell) => cell === null || cell === undefined || cell === '' || Number.isNaN(cell);
  const x = schema.features.flatMap(({ name, kind, categories, median, mean, deviation }) => {
    const cell = row[name];
    if (kind === 'category') return categories.map((each) => (!isMissing(cell) && String(cell) === each ? 1 : 0));
    const number = isMissing(cell) ? median : cell === 'true' ? 1 : cell === 'false' ? 0 : Number(cell);
    if (Number.isNaN(number)) throw new RangeError(\`answer: \${name}: expected a number, got \${cell}\`);
    return (number - mean) / deviation;
  });
  const y = predict(x);
  const { labels, means, deviations } = schema.target;
  if (!labels) return means[0] + deviations[0] * y[0];
  return labels
    .map((label, i) => ({ label, probability: y[i] }))
    .sort((a, b) => b.probability - a.probability);
}
`;

export async function scriptOf(model: TableModel): Promise<string> {
  const [file] = await exportModel(model.network, 'javascript');
  const schema = JSON.stringify({ features: model.schema.features, target: model.schema.target });
  return `${new TextDecoder().decode(file!.bytes)}
/* Names, categories and scales of the table: ${model.features.length} columns. */
export const schema = ${schema.replaceAll('<', '\\u003c')};
${ASK}`;
}
