// Learns the tables of make_tables.py on the same folds and prints both sides' scores and times.
//
//   python3 tests/sklearn/make_tables.py && node tests/sklearn/compare-tables.mjs [names …] [--default '{"hidden":[50]}']
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { init } = await import(new URL('../../dist/index.js', import.meta.url));
const { classifier, readTable, regressor } = await import(new URL('../../dist/tables.js', import.meta.url));
const folder = new URL('../../build/tables/', import.meta.url);
const file = new URL('scores.json', folder);
if (!existsSync(file)) {
  console.error('There are no tables: run python3 tests/sklearn/make_tables.py first');
  process.exit(1);
}
const scores = JSON.parse(readFileSync(file, 'utf8'));
const { values, positionals } = parseArgs({ options: { default: { type: 'string' } }, allowPositionals: true });
const changes = JSON.parse(values.default ?? '{}');

await init();
const rows = [];
for (const [name, entry] of Object.entries(scores)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const { targets, isClass, seeds, epochs } = entry;
  const table = await readTable(new URL(`${name}.csv`, folder));
  const fold = table.column('fold');
  const data = table.drop('fold');
  const folds = fold.categories.map((_, k) => {
    const [train, test] = [[], []];
    fold.codes.forEach((code, row) => (code === k ? test : train).push(row));
    return { train: data.take(train), test: data.take(test) };
  });
  const make = isClass ? classifier : regressor;
  const target = targets.length === 1 ? targets[0] : targets;
  for (const setting of ['same', 'default']) {
    if (!entry[setting] || (setting === 'same' && values.default)) continue;
    const [found, used] = [[], []];
    let seconds = 0;
    for (let seed = 0; seed < seeds; ++seed) {
      for (const { train, test } of folds) {
        // scikit-learn divides its penalty, alpha / 2, by the rows of a batch.
        const batchSize = Math.min(200, train.rows);
        const alike = {
          hidden: [100],
          optimizer: 'adam',
          learningRate: 1e-3,
          batchSize,
          epochs,
          validationSplit: 0,
          l2: 0.5e-4 / batchSize,
        };
        const estimator = make({ target, seed, ...(setting === 'same' ? alike : changes) });
        const began = performance.now();
        const model = await estimator.fit(train);
        seconds += (performance.now() - began) / 1000;
        const score = model.score(test);
        found.push(isClass ? score.accuracy : score.r2);
        used.push(model.training.epochs);
        model.dispose();
      }
    }
    const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
    const theirs = entry[setting];
    rows.push({
      table: name,
      rows: entry.rows,
      settings: setting,
      'scikit-learn': +(100 * theirs.score).toFixed(2),
      'mlp-wasm': +(100 * mean(found)).toFixed(2),
      points: +(100 * (mean(found) - theirs.score)).toFixed(2),
      '± (theirs)': +(100 * theirs.error).toFixed(2),
      'their s': +theirs.seconds.toFixed(2),
      'our s': +seconds.toFixed(2),
      'times as fast': +(theirs.seconds / seconds).toFixed(1),
      epochs: `${Math.round(theirs.epochs)}/${Math.round(mean(used))}`,
    });
  }
}
console.table(rows);
