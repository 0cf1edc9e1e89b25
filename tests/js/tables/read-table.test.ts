import { createServer } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readTable, Table, type ReadTableOptions, type TableSource } from 'mlp-wasm/tables';
import { mutants } from '../support/mutate.js';

const TEXT = 'length,colour,wild\n5.1,red,true\n,blue,false\n7,red,TRUE\n';
const bytes = (text: string) => new TextEncoder().encode(text);

/** Every cell of a table, by column. */
function cells(table: Table): Record<string, unknown[]> {
  return Object.fromEntries(
    table.columns.map(({ name, kind, numbers, codes, categories }) => {
      const values = numbers ? [...numbers] : [...(codes ?? [])].map((code) => (code < 0 ? null : categories![code]));
      return [`${name}: ${kind}`, values];
    }),
  );
}

const EXPECTED = {
  'length: numeric': [5.1, NaN, 7],
  'colour: category': ['red', 'blue', 'red'],
  'wild: boolean': [1, 0, 1],
};

describe('readTable', () => {
  const rows = [
    { length: 5.1, colour: 'red', wild: true },
    { length: null, colour: 'blue', wild: false },
    { length: '7', colour: ' red ', wild: 'TRUE' },
  ];
  it.each<[string, () => TableSource]>([
    ['text', () => TEXT],
    ['bytes', () => bytes(TEXT)],
    ['bytes within a larger buffer', () => bytes(`x${TEXT}`).subarray(1)],
    ['an ArrayBuffer', () => bytes(TEXT).buffer],
    ['a Blob', () => new Blob([TEXT])],
    ['a Response', () => new Response(TEXT)],
    ['a stream of bytes', () => new Blob([TEXT]).stream()],
    ['a data: address', () => `data:text/csv,${encodeURIComponent(TEXT)}`],
    ['tabs', () => TEXT.replaceAll(',', '\t')],
    ['semicolons', () => TEXT.replaceAll(',', ';')],
    ['decimal commas', () => TEXT.replaceAll(',', ';').replace('5.1', '5,1')],
    ['a byte order mark', () => `\ufeff${TEXT}`],
    ['CRLF', () => TEXT.replaceAll('\n', '\r\n')],
    ['CR', () => TEXT.replaceAll('\n', '\r')],
    ['no last line end', () => TEXT.trimEnd()],
    ['blank lines and spaces', () => `\n${TEXT.replaceAll(',', ' , ').replaceAll('\n', '\n  \n')}\n\n`],
    ['quotes', () => '"length","colour","wild"\n"5.1","red","true"\n"","blue","false"\n"7","red",TRUE\n'],
    ['rows', () => rows],
    ['an iterable of rows', () => new Set(rows)],
    [
      'an async iterable of rows',
      () =>
        (async function* () {
          yield* rows;
        })(),
    ],
  ])('reads %s', async (_name, source) => {
    const table = await readTable(source());
    expect(table.rows).toBe(3);
    expect(cells(table)).toEqual(EXPECTED);
    expect(table.columns.map(({ missing }) => missing)).toEqual([1, 0, 0]);
    expect(table.row(1)).toEqual({ length: null, colour: 'blue', wild: false });
  });

  it('reads the file at an address', async () => {
    const file = join(tmpdir(), `mlp-wasm-table-${process.pid}.csv`);
    await writeFile(file, TEXT);
    expect(cells(await readTable(pathToFileURL(file)))).toEqual(EXPECTED);
    await expect(readTable(new URL('file:///nowhere.csv'))).rejects.toThrow(/could not read file:\/\/\/nowhere\.csv: /);
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/t.csv' ? 200 : 404;
      response.end(TEXT);
    });
    await new Promise<void>((done) => server.listen(0, done));
    const site = `http://localhost:${(server.address() as { port: number }).port}`;
    try {
      expect(cells(await readTable(`${site}/t.csv`))).toEqual(EXPECTED);
      await expect(readTable(`${site}/no.csv`)).rejects.toThrow(`expected a table at ${site}/no.csv, got status 404`);
    } finally {
      server.close();
    }
  });

  it.each([
    '0',
    '-0',
    '1',
    '-1.5',
    '+2',
    '.5',
    '5.',
    '1e3',
    '1E-3',
    '-1.25e+2',
    '0.1',
    '123456789012345',
    '9007199254740993',
    '3.141592653589793',
    '1e22',
    '1e-22',
    '1e23',
    '4.9e-324',
    '1.7976931348623157e308',
    '0.000000000000000000000001234',
    '123456789.123456789',
    '2.2250738585072011e-308',
    '00012',
    '12345678901234567890',
  ])('reads %s as JavaScript does', async (text) => {
    const { numbers } = (await readTable(`a,b\n${text},1\n2,${text}`)).column('a');
    expect(numbers![0]).toBe(Number(text));
    expect((await readTable(`a;b\n${text.replace('.', ',')};1,5\n2;2`)).column('a').numbers![0]).toBe(Number(text));
  });

  it('takes every usual spelling of a missing cell, and those that it is told', async () => {
    const table = await readTable('a,b\n1,x\n,\nNA,n/a\n?,?\nNaN,null\n-,y\n2,x\n', { missing: ['-'] });
    expect(cells(table)).toEqual({
      'a: numeric': [1, NaN, NaN, NaN, NaN, NaN, 2],
      'b: category': ['x', null, null, null, null, 'y', 'x'],
    });
    expect(table.column('a').missing).toBe(5);
  });

  it('names columns without a name, and those of a name that is taken, and says so', async () => {
    const table = await readTable(',a,a\n1,2,3\n');
    expect(table.names).toEqual(['column1', 'a', 'a_2']);
    expect(table.notes).toEqual(["column 3 is called 'a_2', because another one is 'a'"]);
    expect((await readTable('1,x\n2,y\n')).names).toEqual(['column1', 'column2']);
    expect((await readTable('1,x\n2,y\n', { header: true })).names).toEqual(['1', 'x']);
    expect((await readTable('a,b\nc,d\n', { header: false })).rows).toBe(2);
  });

  it('reads quoted cells with delimiters, line ends and quotes in them', async () => {
    const table = await readTable('a,b\n"x,\ny",1\n"say ""x""",2\n"x,\ny",3\n5" pipe,4\n');
    expect(cells(table)).toEqual({
      'a: category': ['x,\ny', 'say "x"', 'x,\ny', '5" pipe'],
      'b: numeric': [1, 2, 3, 4],
    });
  });

  it('reads a column as texts whose first text comes late', async () => {
    const text = `a,b\n${Array.from({ length: 5000 }, (_, i) => `${i % 7},0${i % 3}`).join('\n')}\nsome,0x\n`;
    const table = await readTable(text);
    const [a, b] = table.columns;
    expect(a!.categories).toEqual(['0', '1', '2', '3', '4', '5', '6', 'some']);
    expect(b!.categories).toEqual(['00', '01', '02', '0x']); // as they are spelt
    expect(a!.codes![5000]).toBe(7);
    expect(table.notes.join()).toMatch(
      /column 'a' is no column of numbers, because of 'some' in line 5002 \(if it stands/,
    );
  });

  it('leaves dates and all too many texts as text, and says so', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `2024-01-${(i % 28) + 1},name ${i},${i}.3.2024 12:30,k${i % 9}`);
    const table = await readTable(`day,name,at,kind\n${lines.join('\n')}`);
    expect(table.columns.map(({ kind }) => kind)).toEqual(['text', 'text', 'text', 'category']);
    expect(table.notes).toEqual([
      "column 'day' is left as text, because its cells are dates: nothing is learnt from it",
      "column 'name' is left as text, because it has 60 different texts in 60 rows: nothing is learnt from it",
      "column 'at' is left as text, because its cells are dates: nothing is learnt from it",
    ]);
    expect(table.take([1, 2, 3]).columns.map(({ kind }) => kind)).toEqual(['text', 'text', 'text', 'category']);
    expect(Object.keys(table.row(0))).toEqual(['kind']);
    const many = `n\n${Array.from({ length: 3000 }, (_, i) => `n${i % 1500}`).join('\n')}`;
    expect((await readTable(many)).notes[0]).toContain('more than 1000 different texts');
    expect((await readTable(many, { kinds: { n: 'category' } })).column('n').categories!.length).toBe(1500);
  });

  it('takes kinds that it is told', async () => {
    const kinds = { zip: 'category', flag: 'boolean', name: 'text' } as const;
    const table = await readTable('zip,flag,name\n01234,1,5\n1234,0,6\n', { kinds });
    expect(cells(table)).toEqual({ 'zip: category': ['01234', '1234'], 'flag: boolean': [1, 0], 'name: text': [] });
    const rows = await readTable([{ zip: '01234', flag: 1, name: 'a' }], { kinds });
    expect(cells(rows)).toEqual({ 'zip: category': ['01234'], 'flag: boolean': [1], 'name: text': [] });
  });

  it.each<[string, unknown, ReadTableOptions, RegExp]>([
    ['nothing', '', {}, /readTable: expected a row of data, got an empty file/],
    ['only a header', 'a,b\n', {}, /expected a row of data, got only a header/],
    ['no rows', [], {}, /expected at least one row, got none/],
    [
      'a row that is too long',
      'a,b\n1,2\n1,2,3\n',
      {},
      /readTable: line 3: expected 2 cells as in the first row, got 3/,
    ],
    [
      'a row that is too short',
      'a,b\n1,2\n\n1\n',
      {},
      /readTable: line 4: expected 2 cells as in the first row, got 1/,
    ],
    [
      'a quote that stays open',
      'a,b\n1,"2\n3,4\n',
      {},
      /line 2, column 2: expected a closing quote, got the end of the file/,
    ],
    ['text after a quote', 'a,b\n1,"2"3\n', {}, /line 2, column 2: expected a delimiter or a line end .*, got "3"/],
    [
      'a number as text',
      'a,b\n1,2\n1,"2,500"\n',
      { kinds: { b: 'numeric' } },
      /line 3, column 'b': expected a number, got '2,500' \(for a decimal comma/,
    ],
    [
      'a text as true',
      'a,b\n1,true\n1,no\n',
      { kinds: { b: 'boolean' } },
      /column 'b': expected true and false only, got "no"/,
    ],
    [
      '__proto__',
      '__proto__,b\n1,2\n',
      {},
      /readTable: column 1: name of a column: expected a name other than '__proto__'/,
    ],
    [
      '__proto__ in a row',
      [JSON.parse('{"__proto__":1,"b":2}')],
      {},
      /readTable: row 1: name of a column: expected a name other/,
    ],
    [
      'a cell that is an object',
      [{ a: 1 }, { a: {} }],
      {},
      /readTable: row 2, column 'a': expected a number, a text, .* got Object/,
    ],
    [
      'an infinite number',
      [{ a: 1 }, { a: Infinity }],
      {},
      /readTable: row 2, column 'a': expected a finite number.* got Infinity/,
    ],
    [
      'a row that is an array',
      [[1, 2]],
      {},
      /readTable: row 1: expected an object with a cell for each column.* got Array\(2\)/,
    ],
    ['a number', 5, {}, /readTable: source: expected text, bytes, .* got 5/],
    ['floats', new Float32Array(4), {}, /readTable: source: expected text, bytes, .* got Float32Array\(4\)/],
    ['an .xlsx', Uint8Array.of(0x50, 0x4b, 3, 4), {}, /a zip archive, as \.xlsx .*: save the sheet as CSV/],
    ['a column of primary keys without a row', 'PK,name\n', {}, /only a header/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8), {}, /gzip: decompress it first/],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0), {}, /UTF-16: save it as UTF-8/],
    ['Latin-1', Uint8Array.of(0x61, 10, 0xe4, 10, 0x62, 10), {}, /expected a file in UTF-8/],
    ['a web page', '<!doctype html><html></html>', {}, /as a web page does/],
    ['a delimiter that is long', 'a', { delimiter: ', ' }, /readTable: delimiter: expected one character/],
    ['a wrong option', 'a', { heder: true } as never, /Did you mean 'header'\?/],
    ['a wrong kind', 'a\n1', { kinds: { a: 'number' as never } }, /readTable: kinds: 'a': expected one of 'numeric'/],
    ['a kind of no column', 'length\n1', { kinds: { lenght: 'numeric' } }, /Did you mean 'length'\?/],
  ])('refuses %s', async (_name, source, options, message) => {
    await expect(readTable(source as TableSource, options)).rejects.toThrow(message);
  });

  it('refuses a million columns in a sentence, at once', async () => {
    const began = performance.now();
    const line = `${'1,'.repeat(999_999)}1\n`;
    await expect(readTable(line + line)).rejects.toThrow(/expected at most 100000 columns .*, got 1000000/);
    const row = Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [`c${i}`, i]));
    await expect(readTable([row])).rejects.toThrow(/expected at most 100000 columns .*, got 100001/);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('takes mutilated files or refuses them in a sentence', async () => {
    const text = 'a;"b ""x""";c\n1,5;"x\n;y";true\n-2e3;?;false\n3,25;"z";true\n';
    for (const mutant of mutants(bytes(text), 400)) {
      try {
        const table = await readTable(mutant);
        for (const { numbers, codes } of table.columns)
          expect((numbers ?? codes)?.length ?? table.rows).toBe(table.rows);
      } catch (error) {
        expect((error as Error).message).toMatch(/^readTable: /);
        expect((error as Error).constructor).toBe(RangeError);
      }
    }
  });

  it('takes one array of doubles for each column of numbers, and little more', async () => {
    const line = Array.from({ length: 20 }, (_, i) => `${i}.125`).join(',');
    const file = bytes(`${line}\n`.repeat(50_000));
    globalThis.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    const table = await readTable(file, { header: false });
    const numbers = table.columns.reduce((sum, { numbers }) => sum + numbers!.length * 8, 0);
    expect(numbers).toBe(8_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3 * numbers);
    const buffers = new Set(table.columns.map(({ numbers }) => numbers!.buffer));
    expect([...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(1.1 * numbers);
  });
});

describe('A table that is filled row by row', () => {
  it('keeps up with what comes', () => {
    const table = new Table();
    table.add({ a: 1, b: 'x' }).add({ a: '02', c: true }).add({ a: null, b: 'y' });
    expect(cells(table)).toEqual({
      'a: numeric': [1, 2, NaN],
      'b: category': ['x', null, 'y'],
      'c: boolean': [NaN, 1, NaN],
    });
    table.add({ a: 'none', b: 3, c: 5 });
    expect(cells(table)).toEqual({
      'a: category': ['1', '02', null, 'none'],
      'b: category': ['x', null, 'y', '3'],
      'c: numeric': [NaN, 1, NaN, 5],
    });
    expect(table.row(3)).toEqual({ a: 'none', b: '3', c: 5 });
  });

  it('leaves the table as it was where a row is refused', () => {
    const table = new Table({ kinds: { b: 'numeric' } });
    table.add({ a: 1, b: 2 });
    expect(() => table.add({ a: 1, b: 'two' })).toThrow("add: row 2, column 'b': expected a number, got 'two'");
    expect(() => table.add(5 as never)).toThrow('add: row 2: expected an object');
    table.add({ a: 3, b: 4 });
    expect(cells(table)).toEqual({ 'a: numeric': [1, 3], 'b: numeric': [2, 4] });
  });

  it('takes dates as text and big integers as numbers', () => {
    const table = new Table();
    table.add({ at: new Date(0), n: 5n }).add({ at: new Date(NaN), n: 6n });
    expect(table.column('at').kind).toBe('text');
    expect(table.column('n').numbers).toEqual(Float64Array.of(5, 6));
  });

  it('gives parts and refuses rows and columns that are not there', async () => {
    const table = await readTable(TEXT);
    expect(cells(table.take([2, 0]))).toEqual({
      'length: numeric': [7, 5.1],
      'colour: category': ['red', 'red'],
      'wild: boolean': [1, 1],
    });
    expect(table.drop(['colour']).names).toEqual(['length', 'wild']);
    expect(() => table.take([3])).toThrow('take: indices[0]: expected an integer from 0 to 2, got 3');
    expect(() => table.row(3)).toThrow('row: index');
    expect(() => table.column('color')).toThrow("Did you mean 'colour'?");
    expect(`${table}`).toContain('length: numeric, 1 missing');
  });
});
