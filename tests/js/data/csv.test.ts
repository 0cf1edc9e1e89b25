import { getHeapStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { readCsv, type CsvOptions } from '../../../web/src/data/csv.js';
import { mutants } from '../support/mutate.js';

const bytes = (text: string) => new TextEncoder().encode(text);

const irises = 'length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n6.3,3.3,virginica\n4.9,3,setosa\n';

describe('readCsv', () => {
  it('reads features, labels of text, and the names in the header', () => {
    expect(readCsv(irises)).toStrictEqual({
      x: Float32Array.of(5.1, 3.5, 7, 3.2, 6.3, 3.3, 4.9, 3),
      y: Float32Array.of(0, 1, 2, 0),
      classNames: ['setosa', 'versicolor', 'virginica'],
      columns: ['length', 'width'],
      labelName: 'species',
      labelColumn: 2,
      rows: 4,
      features: 2,
    });
  });

  it('reads labels that are numbers as they are, and names columns by their place', () => {
    expect(readCsv('0,0,0\n0,1,1\n1,0,1.5\n1,1,-2')).toStrictEqual({
      x: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1),
      y: Float32Array.of(0, 1, 1.5, -2),
      columns: ['column1', 'column2'],
      labelName: 'column3',
      labelColumn: 2,
      rows: 4,
      features: 2,
    });
  });

  it('reads every column as a feature where labelColumn is null', () => {
    expect(readCsv('a,b\n1,2\n3,4\n', { labelColumn: null })).toStrictEqual({
      x: Float32Array.of(1, 2, 3, 4),
      columns: ['a', 'b'],
      rows: 2,
      features: 2,
    });
  });

  it('sorts class names, so that the order of rows does not matter', () => {
    const { y, classNames } = readCsv('1,b\n2,a\n3,Z\n4,b');
    expect(classNames).toEqual(['Z', 'a', 'b']);
    expect(y).toEqual(Float32Array.of(2, 1, 0, 2));
  });

  it.each<[string, number | string, string, string[]]>([
    ['a position', 0, 'digit', ['p1', 'p2']],
    ['a position in the middle', 1, 'p1', ['digit', 'p2']],
    ['a name', 'p2', 'p2', ['digit', 'p1']],
  ])('takes labels from the column given by %s', (_name, labelColumn, labelName, columns) => {
    const table = readCsv('digit,p1,p2\n7,8,9\n', { labelColumn });
    expect(table).toMatchObject({ labelName, columns, rows: 1, features: 2 });
    expect([...table.x, ...table.y!].sort()).toEqual([7, 8, 9]);
  });

  it('reads UTF-8 bytes like text', () => {
    const text = 'größe,λ\n1,2\n';
    const table = readCsv(text);
    expect(table.columns).toEqual(['größe']);
    expect(readCsv(bytes(text))).toStrictEqual(table);
    expect(readCsv(bytes(text).buffer)).toStrictEqual(table);
  });

  it.each([
    ['LF', '1,2\n3,4\n'],
    ['CRLF', '1,2\r\n3,4\r\n'],
    ['CR', '1,2\r3,4\r'],
    ['no line end after the last row', '1,2\n3,4'],
    ['blank lines', '\n\r\n1,2\n\n  \n3,4\n\n\n'],
    ['a byte order mark', '\ufeff1,2\n3,4\n'],
    ['spaces around cells', ' 1 ,\t2\n3  , 4 \n'],
    ['quotes around cells', '"1","2"\n"3",4\n'],
    ['semicolons', '1;2\n3;4\n'],
    ['tabs', '1\t2\n3\t4\n'],
  ])('reads the same table with %s', (_name, text) => {
    const { x, y, rows, columns } = readCsv(text);
    expect({ x, y, rows, columns }).toEqual({
      x: Float32Array.of(1, 3),
      y: Float32Array.of(2, 4),
      rows: 2,
      columns: ['column1'],
    });
    expect(readCsv(bytes(text))).toEqual(readCsv(text));
  });

  it.each([
    ['delimiters', '1,"a,b"', 'a,b'],
    ['line ends', '1,"a\r\nb"', 'a\r\nb'],
    ['doubled quotes', '1,"a ""b"" c"', 'a "b" c'],
    ['nothing but doubled quotes', '1,""""', '"'],
  ])('keeps %s in quoted cells', (_name, text, label) => {
    expect(readCsv(`${text}\r\n`).classNames).toEqual([label]);
  });

  it('reads a quoted header that holds line ends and delimiters', () => {
    const table = readCsv('"a,\n""b""",c\n1,2\n');
    expect(table).toMatchObject({ columns: ['a,\n"b"'], labelName: 'c', rows: 1 });
  });

  it.each([
    ['0', 0],
    ['-1', -1],
    ['+2', 2],
    ['1.', 1],
    ['.5', 0.5],
    ['1e3', 1000],
    ['1.5E-2', Math.fround(0.015)],
    ['007', 7],
    ['0.1', Math.fround(0.1)],
    ['1e-50', 0],
    ['3.4028235e38', Math.fround(3.4028235e38)],
  ])('reads the number %s', (text, value) => {
    expect(readCsv(`${text},0`).x[0]).toBe(value);
  });

  it('reads more numbers than it made room for at first', () => {
    const rows = Array.from({ length: 3000 }, (_, row) => `${row},${-row},${row % 10}`);
    const { x, y } = readCsv(rows.join('\n'));
    expect(x.length).toBe(6000);
    expect([x[5998], x[5999], y![2999]]).toEqual([2999, -2999, 9]);
  });

  describe('finds out by itself', () => {
    it.each<[string, string, boolean, CsvOptions?]>([
      ['that names are a header', 'a,b\n1,2\n', true],
      ['that names beside an empty one are a header', ',a,b\n0,1,2\n', true],
      ['that numbers are no header', '1,2\n3,4\n', false],
      ['that numbers with a label of text are no header', '1,cat\n2,dog\n', false],
      ['that a first row with the named label column is a header', '1,2\n3,4\n', true, { labelColumn: '2' }],
      ['nothing when told that numbers are a header', '1,2\n3,4\n', true, { header: true }],
    ])('%s', (_name, text, header, options) => {
      expect(readCsv(text, options).columns[0] !== 'column1').toBe(header);
      expect(readCsv(text, options).rows).toBe(header ? 1 : 2);
    });

    it.each([
      ['semicolons though there are commas in quotes', '"a,b,c";d\n1;2\n', { columns: ['a,b,c'], features: 1 }],
      ['tabs though there is a comma in a name', 'a, b\tc\td\n1\t2\t3\n', { columns: ['a, b', 'c'], features: 2 }],
      ['commas after blank lines with tabs', '\n\t\t\t\n1,2,3\n', { columns: ['column1', 'column2'], features: 2 }],
    ])('%s', (_name, text, table) => {
      expect(readCsv(text)).toMatchObject(table);
    });
  });

  it.each<[string, string, object, CsvOptions?]>([
    [
      'parts at semicolons where commas are decimal',
      '36,6;1\n38,2;0\n',
      { x: [36.6, 38.2], y: [1, 0] },
      { decimal: ',' },
    ],
    ['parts at semicolons in one row', '36,6;1', { x: [36.6], y: [1] }, { decimal: ',' }],
    ['reads labels with decimal commas', '1;2,5\n2;3,5\n', { x: [1, 2], y: [2.5, 3.5] }, { decimal: ',' }],
    ['reads decimal commas in quotes', '"1,5","2,5"\n', { x: [1.5], y: [2.5] }, { decimal: ',' }],
    ['parts at |', 'a|b,c|y\n1|2|0\n3|4|1\n', { x: [1, 2, 3, 4], y: [0, 1], columns: ['a', 'b,c'] }],
    ['parts at tabs', 'a\tlabel\n1\t0\n', { x: [1], y: [0] }],
    [
      'parts at commas though each label has a semicolon',
      '1,2,x;y\n3,4,z;w\n',
      { x: [1, 2, 3, 4], classNames: ['x;y', 'z;w'] },
    ],
    [
      'takes the labels from the column named label',
      'label,1x1,1x2\n7,0,255\n3,128,0\n',
      { x: [0, 255, 128, 0], y: [7, 3], labelName: 'label', labelColumn: 0 },
    ],
    ['takes a name in capitals, with spaces', 'a, TARGET ,b\n1,2,3\n', { x: [1, 3], y: [2], labelColumn: 1 }],
    ['takes label before class and y', 'y,class,label,z\n1,2,3,4\n', { x: [1, 2, 4], y: [3], labelName: 'label' }],
    ['takes the last column where none has such a name', 'a,b,c\n1,2,3\n', { labelName: 'c', labelColumn: 2 }],
    [
      'takes years over numbers for names, because beside them stands y',
      '2019,2020,y\n1,2,up\n3,4,down\n',
      { columns: ['2019', '2020'], classNames: ['down', 'up'], rows: 2 },
    ],
    ['takes y beside n for a class', '1,2,y\n3,4,n\n5,6,y\n', { rows: 3, classNames: ['n', 'y'] }],
    [
      'takes no header where it is told so',
      'y,1\nn,2\n',
      { rows: 2, classNames: ['n', 'y'] },
      { header: false, labelColumn: 0 },
    ],
  ])('%s', (_name, text, table, options) => {
    const { x, y, ...rest } = readCsv(text, options);
    expect({ ...rest, x: [...x].map((value) => +value.toFixed(3)), y: [...y!] }).toMatchObject(table);
  });

  it('takes the delimiter it is given', () => {
    expect(readCsv('1|2|3', { delimiter: '|' }).x).toEqual(Float32Array.of(1, 2));
    expect(readCsv('a,b;c\n2;3', { delimiter: ';' }).columns).toEqual(['a,b']);
  });

  it.each<[string, string, string, CsvOptions?]>([
    ['an empty file', '', 'readCsv: expected a row of data, got an empty file'],
    ['a file of blank lines', ' \n\r\n\n', 'readCsv: expected a row of data, got an empty file'],
    ['a file of a byte order mark', '\ufeff', 'readCsv: expected a row of data, got an empty file'],
    ['a header without data', 'a,b\n\n', 'readCsv: expected a row of data, got only a header'],
    ['text among numbers', '1,2,3\n\n4,"x\ny",6\n', 'line 3, column 2: expected a number, got "x\\ny"'],
    ['text after a cell of many lines', 'a,b\n"1\n\n",2\nx,3', 'line 5, column 1: expected a number, got "x"'],
    ['an empty cell', '1,2,3\n4,,6', 'readCsv: line 2, column 2: expected a number, got ""'],
    ['NaN', '1,2\nNaN,4', 'readCsv: line 2, column 1: expected a number, got "NaN"'],
    ['infinity', '1,2\n-Infinity,4', 'readCsv: line 2, column 1: expected a number, got "-Infinity"'],
    ['NaN in the first row', 'nan,2,0\n1,2,0', 'readCsv: line 1, column 1: expected a number, got "nan"'],
    ['NaN alone in the first row', 'nan,0\n1,0', 'readCsv: line 1, column 1: expected a number, got "nan"'],
    ['a hexadecimal number', '1,2\n0x10,4', 'readCsv: line 2, column 1: expected a number, got "0x10"'],
    [
      'a decimal comma',
      '1,5;2\n2,5;3',
      'line 1, column 1: expected a number, got "1,5" (for a decimal comma pass decimal',
    ],
    ['a label with a decimal comma', '1;2,5\n3;4,5', 'got "2,5" (for a decimal comma pass decimal'],
    [
      'thousands set apart by commas',
      '"1,234,567",2',
      'got "1,234,567" (thousands separators are not taken: remove them)',
    ],
    ['thousands set apart by points', '1.234,5;2', 'got "1.234,5" (thousands separators are not', { decimal: ',' }],
    ['thousands set apart by spaces', '1 234;2', 'got "1 234" (thousands separators are not taken'],
    ['a point with decimal commas', '1.5;2', `got "1.5" (with decimal: ',' a point is not taken)`, { decimal: ',' }],
    ['a currency', '1,2\n$3,4', 'got "$3" (signs of currencies and % are not taken: remove them)'],
    ['a percentage', '1,2\n3%,4', 'got "3%" (signs of currencies and % are not taken'],
    [
      'a row of question marks, for it is no header',
      '?,?,?\n1,2,0',
      'line 1, column 1: expected a number, got "?" (missing',
    ],
    ['a missing label', '1,a\n2,?', 'line 2, column 2: expected a label, got "?"'],
    ['another decimal sign', '1;2', `readCsv: decimal: expected one of '.', ','`, { decimal: ';' as never }],
    ['two numbers in a cell', '1,2\n3 4,5', 'readCsv: line 2, column 1: expected a number, got "3 4"'],
    ['a number beyond float32', '1,2\n1e39,4', 'expected a number within the range of float32, got "1e39"'],
    ['a label beyond float32', '1,2\n3,1e39', 'line 2, column 2: expected a number within the range of float32'],
    ['a header that has a number', 'a,1,c\n1,2,3', 'line 1, column 1: expected a number, got "a" (if this row'],
    ['a row that is too short', '1,2,3\n4,5\n', 'readCsv: line 2: expected 3 cells as in line 1, got 2'],
    ['a row that is too long', '\n1,2\n3,4,', 'readCsv: line 3: expected 2 cells as in line 2, got 3'],
    ['an empty label', '1,a\n2,', 'readCsv: line 2, column 2: expected a label, got ""'],
    ['a label NaN among numbers', '1,2\n2,NaN', 'readCsv: line 2, column 2: expected a label, got "NaN"'],
    ['a label inf among text', '1,a\n2,inf', 'readCsv: line 2, column 2: expected a label, got "inf"'],
    ['text among labels of numbers', '1,2\n2,a', 'column 2: expected a number, as the labels before are, got "a"'],
    ['a number among labels of text', '1,a\n2,2', 'column 2: expected text, as the labels before are, got "2"'],
    ['a quote within a cell', '1,2\n3,4"x', 'line 2, column 2: expected quotes around a cell with a quote in it'],
    ['text after a quoted cell', '1,2\n"3"x,4', 'delimiter or a line end after the closing quote, got "x"'],
    ['a quote that is never closed', '1,2\n3,"4\n5,6\n', 'line 2, column 2: expected a closing quote, got the end'],
    ['labels alone', '1\n2\n', 'readCsv: expected a column beside the labels, got 1 column (is the delimiter right?'],
    [
      'a label column to the right',
      '1,2',
      'readCsv: labelColumn: expected an integer in [0, 2), got 2',
      { labelColumn: 2 },
    ],
    ['a label column to the left', '1,2', 'labelColumn: expected an integer in [0, 2), got -1', { labelColumn: -1 }],
    ['half a label column', '1,2', 'labelColumn: expected an integer in [0, 2), got 0.5', { labelColumn: 0.5 }],
    ['an unknown label column', 'a,b\n1,2', 'one of ["a","b"], got "c", not there', { labelColumn: 'c' }],
    ['a label column that is there twice', 'a,a\n1,2', 'got "a", there more than once', { labelColumn: 'a' }],
    [
      'a named label column without a header',
      '1,2',
      'labelColumn "a": expected a header',
      { labelColumn: 'a', header: false },
    ],
    ['an empty delimiter', '1,2', "delimiter: expected 'auto' or one character", { delimiter: '' }],
    ['a delimiter of two characters', '1,2', 'no line end, got ", "', { delimiter: ', ' }],
    ['a quote as delimiter', '1,2', "delimiter: expected 'auto' or one character", { delimiter: '"' }],
    ['a line end as delimiter', '1,2', "delimiter: expected 'auto' or one character", { delimiter: '\n' }],
    ['an option that does not exist', '1,2', "Did you mean 'header'?", { headers: true } as never],
    [
      'an unknown header option',
      '1,2',
      `header: expected true, false or 'auto', got "yes"`,
      { header: 'yes' as never },
    ],
  ])('rejects %s with a RangeError', (_name, text, message, options) => {
    expect(() => readCsv(text, options)).toThrow(RangeError);
    expect(() => readCsv(text, options)).toThrow(message);
    expect(() => readCsv(bytes(text), options)).toThrow(message);
  });

  it('rejects bytes that are not UTF-8 with a RangeError', () => {
    const text = 'readCsv: expected text in UTF-8, got bytes that are not';
    expect(() => readCsv(Uint8Array.of(0xff, 0xfe, 0x31, 0x00))).toThrow(new RangeError(text));
  });

  it('cuts long cells in errors', () => {
    expect(() => readCsv(`1,2\n${'x'.repeat(10_000)},3`)).toThrow(/got "x{78}…$/);
  });

  it.each<[string, unknown, unknown, string]>([
    ['a table of numbers instead of text', [[1, 2]], {}, 'readCsv: text: expected a string, a Uint8Array or'],
    ['no text', undefined, {}, 'or an ArrayBuffer, got undefined'],
    ['a header option that is a number', '1,2', { header: 1 }, `header: expected true, false or 'auto', got 1`],
    ['a delimiter that is no text', '1,2', { delimiter: 44 }, 'readCsv: delimiter: expected a string, got 44'],
    ['options that are no object', '1,2', ';', `readCsv: options: expected an object, got ';'`],
    ['a label column that is no column', '1,2', { labelColumn: [0] }, 'a number, a name or null, got Array(1)'],
  ])('rejects %s with a TypeError', (_name, text, options, message) => {
    expect(() => readCsv(text as never, options as never)).toThrow(TypeError);
    expect(() => readCsv(text as never, options as never)).toThrow(message);
  });

  it.each([
    ['with labels of text', irises],
    ['with quotes', '"a","b"\r\n"1","x ""y"""\r\n2,"z\n"\r\n'],
    ['of numbers', '1;2.5;3\n-4;5e3;6\n7;8;9\n'],
  ])('survives 500 damaged files, %s', (_name, valid) => {
    for (const file of mutants(bytes(valid), 500)) {
      for (const text of [file, new TextDecoder().decode(file)]) {
        try {
          const { x, y, rows, features, columns } = readCsv(text);
          expect([x.length, y?.length, columns.length]).toEqual([rows * features, rows, features]);
          expect(x.every(Number.isFinite) && y!.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    }
  });

  it.each([
    ['numbers', '1,1\n'],
    ['texts', '1,a\n'],
    ['wide rows', `${'1,'.repeat(999)}1\n`],
    ['blank lines', '1,1\n\n\n\n\n'],
  ])('takes arrays of at most 4 bytes for each of the file, of %s', (_name, row) => {
    const file = bytes(row.repeat(Math.ceil(2e6 / row.length)));
    const before = getHeapStatistics().external_memory;
    const { rows } = readCsv(file);
    expect(getHeapStatistics().external_memory - before).toBeLessThan(4 * file.length + 1e5);
    expect(rows).toBe(Math.ceil(2e6 / row.length));
  });
});
