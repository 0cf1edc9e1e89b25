/** A model as a table that people read. */
import { checkFunction } from '../check/arguments.js';
import { largestOf } from '../data/values.js';
import type { Handle } from './handle.js';
import { countParams } from './weights.js';

/** Characters of a column, where its cells are no shorter. */
const WIDEST = 60;

/** A table of the layers, handed to `print` line by line, and returned. */
export function summary(handle: Handle, print: (line: string) => void): string {
  checkFunction('summary: print', print);
  let inputs = handle.features;
  const rows = handle.layers.map((layer) => {
    const { name, units, activation } = layer;
    const parameters = countParams({ features: inputs, layers: [layer] });
    const row = [name, activation.name, `${inputs} → ${units}`, parameters.toLocaleString('en')];
    inputs = units;
    return row;
  });
  let frozen = 0;
  inputs = handle.features;
  for (const layer of handle.layers) {
    if (!layer.trainable) frozen += countParams({ features: inputs, layers: [layer] });
    inputs = layer.units;
  }
  const table = [['layer', 'activation', 'shape', 'parameters'], ...rows];
  // A long name stands out of its column: padded to it, every line would be as long.
  const widths = table[0]!.map((_, column) => Math.min(WIDEST, largestOf(table.map((row) => row[column]!.length))));
  const lines = table.map((row) =>
    row.map((cell, i) => (i === 3 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('   '),
  );
  const rule = '─'.repeat(lines[0]!.length);
  const text = [
    `${handle.name}, seed ${handle.seed}`,
    lines[0]!,
    rule,
    ...lines.slice(1),
    rule,
    `${countParams(handle).toLocaleString('en')} parameters${frozen ? `, ${frozen.toLocaleString('en')} of them frozen` : ''}`,
  ];
  text.forEach((line) => print(line));
  return text.join('\n');
}
