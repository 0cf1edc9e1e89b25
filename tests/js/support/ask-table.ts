/** A work for Node, pages and workers: the whole way of a table, from its text to a model that is kept and asked. Sent as its text. */
type Tables = typeof import('mlp-wasm/tables');

/** @returns the answers of the model and of the one that was kept, the accuracy, and how many epochs were told of. */
export async function askTable({ tables }: { tables: Tables }, { text, url }: { text: string; url: string }) {
  const { classifier, loadTableModel, readTable, trainTestSplit } = tables;
  let epochs = 0;
  const onEpochEnd = () => void ++epochs;

  const table = await readTable(text);
  const { train, test } = trainTestSplit(table, { testSize: 0.2, stratify: 'species', seed: 1 });
  const model = await classifier({ target: 'species', hidden: [32], seed: 1 }).fit(train, { onEpochEnd });
  const answer = model.predict({ petal_length: 4.7, petal_width: 1.4, colour: 'red' });
  const { accuracy } = model.score(test) as { accuracy: number };
  const { bytes } = await model.save(url);

  const again = await loadTableModel(url);
  const kept = again.predict({ petal_length: 4.7, petal_width: 1.4, colour: 'red' });
  for (const one of [model, again]) one.dispose();
  return { answer, kept, accuracy, epochs, bytes };
}

/** Flowers of three species, which their petals tell, in the manner of Fisher's irises. */
export const FLOWERS = ['petal_length,petal_width,colour,species']
  .concat(
    Array.from({ length: 150 }, (_, i) => {
      const wave = Math.sin(7 * i);
      const [species, length, width] = [
        ['setosa', 1.5, 0.2],
        ['versicolor', 4.3, 1.3],
        ['virginica', 5.6, 2.1],
      ][i % 3] as [string, number, number];
      const colour = ['red', 'blue', 'white'][(i % 7) % 3];
      return `${(length + 0.4 * wave).toFixed(1)},${(width + 0.15 * Math.cos(5 * i)).toFixed(1)},${colour},${species}`;
    }),
  )
  .join('\n');
