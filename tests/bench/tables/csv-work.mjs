// One work for Node and a page: the same text of numbers is read by each reader in turn, and the medians are compared.

/** `rows` lines of 19 numbers with up to 4 decimals, or 20 with all digits of a double, and a name. */
export function makeText(rows, { long = false } = {}) {
  let state = 12345;
  const draw = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const parts = [`${Array.from({ length: 20 }, (_, i) => `c${i}`).join(',')}\n`];
  for (let first = 0; first < rows; first += 1000) {
    let part = '';
    for (let row = first; row < Math.min(rows, first + 1000); ++row) {
      for (let c = 0; c < 20; ++c) {
        if (c > 0) part += ',';
        if (long) part += 100 * draw();
        else part += c === 19 ? ['red', 'green', 'blue'][Math.floor(3 * draw())] : (1000 * draw() - 500).toFixed(c % 5);
      }
      part += '\n';
    }
    parts.push(part);
  }
  return parts.join('');
}

/** The readers by name; each returns the rows that it found. */
export const READERS = {
  'readTable, bytes': ({ readTable }, { bytes }) => readTable(bytes).then((table) => table.rows),
  'readTable, text': ({ readTable }, { text }) => readTable(text).then((table) => table.rows),
  'Papa Parse, dynamicTyping': ({ Papa }, { text }) =>
    Papa.parse(text, { header: true, dynamicTyping: true, skipEmptyLines: true }).data.length,
  'Papa Parse, rows of text': ({ Papa }, { text }) => Papa.parse(text, { skipEmptyLines: true }).data.length - 1,
  'd3-dsv, autoType': ({ csvParse, autoType }, { text }) => csvParse(text, autoType).length,
};

/** Median seconds of one reader, and megabytes of the text and of the table's numbers. */
export async function measure({ reader, rows, long, rounds, libraries }) {
  const text = makeText(rows, { long });
  const bytes = new TextEncoder().encode(text);
  const seconds = [];
  for (let round = 0; round < rounds; ++round) {
    const began = performance.now();
    const found = await READERS[reader](libraries, { text, bytes });
    seconds.push((performance.now() - began) / 1000);
    if (found !== rows) throw new Error(`${reader}: expected ${rows} rows, got ${found}`);
  }
  seconds.sort((a, b) => a - b);
  return { megabytes: bytes.length / 1e6, seconds: seconds[Math.floor(rounds / 2)] };
}
