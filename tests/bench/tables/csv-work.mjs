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

/** Seconds of each reader on the text, medians of `rounds`, and megabytes a second. */
export async function measure({ rows, long, rounds, readTable, Papa, csvParse, autoType }) {
  const text = makeText(rows, { long });
  const bytes = new TextEncoder().encode(text);
  const readers = {
    'readTable, bytes': async () => (await readTable(bytes)).rows,
    'readTable, text': async () => (await readTable(text)).rows,
    'Papa Parse, dynamicTyping': () =>
      Papa.parse(text, { header: true, dynamicTyping: true, skipEmptyLines: true }).data.length,
    'Papa Parse, rows of text': () => Papa.parse(text, { skipEmptyLines: true }).data.length - 1,
    'd3-dsv, autoType': () => csvParse(text, autoType).length,
  };
  const seconds = Object.fromEntries(Object.keys(readers).map((name) => [name, []]));
  for (let round = 0; round < rounds; ++round) {
    for (const [name, read] of Object.entries(readers)) {
      const began = performance.now();
      const found = await read();
      seconds[name].push((performance.now() - began) / 1000);
      if (found !== rows) throw new Error(`${name}: expected ${rows} rows, got ${found}`);
    }
  }
  const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const table = await readTable(bytes);
  const numbers = table.columns.reduce((sum, { numbers, codes }) => sum + (numbers ?? codes).byteLength, 0);
  return {
    megabytes: bytes.length / 1e6,
    megabytesOfNumbers: numbers / 1e6,
    speeds: Object.fromEntries(
      Object.entries(seconds).map(([name, list]) => [name, bytes.length / 1e6 / median(list)]),
    ),
  };
}
