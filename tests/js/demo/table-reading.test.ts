/** Reading a visitor's table: what is told of its columns, and why a file is none. */
import { describe, expect, it } from 'vitest';
import type { Fault, TableProfile } from '../../../web/demo/shared/table-work.js';
import { includedOf, isUnbalanced, targetOf, tasksOf } from '../../../web/demo/page/views/table/guess.js';
import { sample, SAMPLES } from '../../../web/demo/page/views/table/samples.js';
import { initialFields, isUnused, readSettings } from '../../../web/demo/page/views/table/settings.js';
import { faultOf } from '../../../web/demo/worker/table/faults.js';
import { read } from '../../../web/demo/worker/table/reading.js';

const PLAIN = { kinds: {}, missing: [], header: 'auto' } as const;
const profileOf = async (text: BlobPart, options = {}): Promise<TableProfile> =>
  (await read(new Blob([text]), { ...PLAIN, ...options })).profile;
const refusal = async (text: BlobPart, options = {}): Promise<Fault> => {
  try {
    await profileOf(text, options);
  } catch (error) {
    return faultOf(error);
  }
  throw new Error('it was read');
};
const column = ({ columns }: TableProfile, name: string): TableProfile['columns'][number] =>
  columns.find((each) => each.name === name)!;

/** 40 rows in which every kind of column comes. */
const TABLE = [
  'id,area,stars,garden,district,note,since,always,price',
  ...Array.from({ length: 40 }, (_, i) =>
    [
      i + 1,
      i % 10 === 3 ? '' : 50 + 1.5 * i,
      i % 5,
      i % 3 === 0,
      ['north', 'south', 'east'][i % 3],
      `text number ${i}`,
      `2024-01-${String((i % 28) + 1).padStart(2, '0')}`,
      7,
      1000 * i + 300,
    ].join(','),
  ),
].join('\n');

describe('the columns of a table', () => {
  it('are told by kind, missing cells, range and categories', async () => {
    const profile = await profileOf(TABLE);
    expect(profile.rows).toBe(40);
    expect(profile.columns.map(({ kind }) => kind).join(' ')).toBe(
      'numeric numeric numeric boolean category text text numeric numeric',
    );
    expect(column(profile, 'area')).toMatchObject({ missing: 4, distinct: 36, isRowNumber: false });
    expect(column(profile, 'area').numbers).toMatchObject({ min: 50, max: 108.5 });
    expect(column(profile, 'area').numbers!.bins.reduce((sum, count) => sum + count, 0)).toBe(36);
    expect(column(profile, 'stars').numbers!.bins).toEqual([8, 8, 8, 8, 8]);
    expect(column(profile, 'garden').categories!.top[0]).toEqual({ name: 'true', count: 14 });
    expect(column(profile, 'district').categories).toEqual({
      top: [
        { name: 'north', count: 14 },
        { name: 'east', count: 13 },
        { name: 'south', count: 13 },
      ].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
      others: 0,
    });
    expect(column(profile, 'always').distinct).toBe(1);
  });

  it('that are left out or changed are named', async () => {
    const { notes } = await profileOf(TABLE);
    expect(notes).toEqual([
      { note: 'texts', column: 'note', different: '40', rows: '40' },
      { note: 'dates', column: 'since' },
      { note: 'never numbers', column: 'id' },
    ]);
  });

  it.each([
    ['a;b\n1,5;x\n2,5;y\n', [{ note: 'decimal comma' }]],
    ['PK,a\nx,2\ny,4\n', []],
    ['a,a\n1,2\n3,4\n', [{ note: 'renamed', column: 'a_2', from: 'a' }]],
    ['1,2\n3,4\n', [{ note: 'no header' }]],
    [
      "it's so it is,b\n5 €,x\n6 €,y\n",
      [{ note: 'odd cell', column: "it's so it is", cell: '5 €', line: '2', cure: 'units' }],
    ],
    [
      `${'long '.repeat(30)}end,b\n5 €,x\n6 €,y\n`,
      [{ note: 'odd cell', column: `${'long '.repeat(30)}end`, cell: '5 €', line: '2', cure: 'units' }],
    ],
    [
      `a,b\n${Array.from({ length: 30 }, (_, i) => `${i},${i === 20 ? 'unknown' : 1.5 * i}`).join('\n')}\n`,
      [
        { note: 'texts', column: 'b', different: '30', rows: '30' },
        { note: 'odd cell', column: 'b', cell: 'unknown', line: '22', cure: 'missing' },
        { note: 'never numbers', column: 'a' },
      ],
    ],
    ['a,b\n"1,500",x\n"2,500",y\n', [{ note: 'odd cell', column: 'a', cell: '1,500', line: '2', cure: 'thousands' }]],
    ['a,b\n5 €,x\n6 €,y\n', [{ note: 'odd cell', column: 'a', cell: '5 €', line: '2', cure: 'units' }]],
  ])('%j is read with its notes', async (text, notes) => {
    const found = (await profileOf(text)).notes;
    expect(found).toHaveLength(notes.length);
    for (const note of notes) expect(found).toContainEqual(note);
  });

  it('are read otherwise where the visitor says so', async () => {
    const missing = await profileOf('a,b\n1,x\n-,y\n3,x\n', { missing: ['-'] });
    expect(column(missing, 'a')).toMatchObject({ kind: 'numeric', missing: 1 });
    const category = await profileOf('a,b\n1,x\n2,y\n', { kinds: { a: 'category' } });
    expect(column(category, 'a')).toMatchObject({ kind: 'category', distinct: 2 });
    expect((await profileOf('a,b\nx,1\ny,2\n', { header: false })).rows).toBe(3);
  });

  it('have their first rows as the file spells them, of texts and long cells too', async () => {
    const { preview } = await profileOf(TABLE);
    expect(preview[3]).toEqual(['4', null, '3', 'true', 'north', 'text number 3', '2024-01-04', '7', '3300']);
    const long = `a,b\n"${'long, and\n'.repeat(20_000)}",1\nx,007\n`;
    const cut = await profileOf(long);
    expect(cut.preview[1]).toEqual(['x', '007']);
  });

  it('in the encodings of Windows are read, too, and it is said', async () => {
    const latin = Uint8Array.from('größe,b\n1,Köln\n2,Ulm\n', (letter) => letter.charCodeAt(0));
    const profile = await profileOf(latin);
    expect(profile.columns.map(({ name }) => name)).toEqual(['größe', 'b']);
    expect(profile.notes).toEqual([{ note: 'encoding', name: 'Windows-1252' }]);
    const utf16 = new Uint8Array(Buffer.from('\ufeffa,b\n1,ü\n2,x\n', 'utf16le'));
    const other = await profileOf(utf16);
    expect(other.notes).toEqual([{ note: 'encoding', name: 'UTF-16' }]);
    expect(other.preview[0]).toEqual(['1', 'ü']);
  });
});

describe('files that are no table', () => {
  it.each<[string, BlobPart, Fault]>([
    ['nothing', '', { fault: 'empty' }],
    ['blank lines', '\n \n', { fault: 'empty' }],
    ['names alone', 'a,b,c\n', { fault: 'only header' }],
    ['one column', 'a\n1\n2\n', { fault: 'one column' }],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13), { fault: 'binary' }],
    ['a spreadsheet', Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0), { fault: 'format', format: 'xlsx' }],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), { fault: 'format', format: 'gzip' }],
    ['JSON', '[{"a": 1}]', { fault: 'json' }],
    ['a page', '<!doctype html><p>Not found</p>', { fault: 'html' }],
    ['a row too short', 'a,b\n1,2\n3\n', { fault: 'ragged', line: '3', expected: '2', got: '1' }],
    ['a row too long', 'a,b\n1,2,3\n', { fault: 'ragged', line: '2', expected: '2', got: '3' }],
    ['an open quote', 'a,b\n1,"2\n3,4\n', { fault: 'quote', line: '2' }],
    ['too many columns', `${'x,'.repeat(300)}x\n${'1,'.repeat(300)}1\n`, { fault: 'wide', got: 301 }],
  ])('are refused by name: %s', async (_, file, fault) => {
    expect(await refusal(file)).toEqual(fault);
  });

  it('and columns that cannot be what is asked of them', async () => {
    expect(await refusal('a,b\n1,x\noops,y\n', { kinds: { a: 'numeric' } })).toEqual({
      fault: 'no number',
      column: 'a',
      cell: 'oops',
    });
    expect(await refusal('a,b\n1,x\n2,y\n', { kinds: { b: 'boolean' } })).toMatchObject({
      fault: 'no boolean',
      column: 'b',
    });
  });

  it('are refused before they are read where they are too large', async () => {
    const source = { size: 60_000_000 } as Blob;
    await expect(read(source, PLAIN)).rejects.toMatchObject({ fault: { fault: 'large', got: 60_000_000 } });
  });
});

describe('guesses', () => {
  it('predict the last column that can be, else what is called a target, from all that tell something', async () => {
    const profile = await profileOf(TABLE);
    expect(targetOf(profile)).toBe('price');
    expect([...includedOf(profile)]).toEqual(['area', 'stars', 'garden', 'district', 'price']);
    expect(targetOf(await profileOf('label,a\nx,1\ny,2\n'))).toBe('label');
    expect(targetOf(await profileOf('a,b\n1,1\n1,1\n'))).toBeUndefined();
  });

  it('take few whole numbers for classes, other numbers for numbers', async () => {
    const profile = await profileOf(TABLE);
    const tasks = (name: string): string => tasksOf(column(profile, name), 40).join(' ');
    expect(tasks('stars')).toBe('classes numbers');
    expect(tasks('price')).toBe('numbers classes');
    expect(tasks('district')).toBe('classes');
    expect(tasks('note')).toBe('');
    expect(tasks('always')).toBe('');
  });

  it('see that a class is rare', async () => {
    const rare = await profileOf(
      `a,b\n${Array.from({ length: 40 }, (_, i) => `${i},${i < 5 ? 'x' : 'y'}`).join('\n')}`,
    );
    expect(isUnbalanced(column(rare, 'b'))).toBe(true);
    expect(isUnbalanced(column(await profileOf(TABLE), 'district'))).toBe(false);
  });
});

describe('the samples', () => {
  it.each(SAMPLES)('%s are the same at each time, and are read as they should be', async (name) => {
    const text = sample(name);
    expect(sample(name)).toBe(text);
    const profile = await profileOf(text);
    expect(profile.columns.filter(({ kind }) => kind === 'text')).toEqual([]);
    const target = { flowers: 'species', houses: 'price', customers: 'outcome' }[name];
    expect(targetOf(profile)).toBe(target);
    if (name === 'customers') expect(isUnbalanced(column(profile, target))).toBe(true);
    if (name === 'houses') expect(profile.columns.some(({ missing }) => missing > 0)).toBe(true);
  });
});

describe('the settings', () => {
  it('are read from what is typed; what is empty is left to the package', () => {
    const { settings, faults } = readSettings({ ...initialFields(), hidden: '64 → 32', dropout: '0,2', epochs: '50' });
    expect(faults).toEqual({});
    expect(settings).toMatchObject({ hidden: [64, 32], dropout: 0.2, epochs: 50, patience: 15 });
    expect(settings).not.toHaveProperty('learningRate');
  });

  it('name each field that cannot be so', () => {
    const { settings, faults } = readSettings({
      ...initialFields(),
      hidden: '0',
      learningRate: 'fast',
      batchSize: '1.5',
      test: '99',
      seed: '-1',
    });
    expect(settings).toBeUndefined();
    expect(Object.keys(faults).sort()).toEqual(['batchSize', 'hidden', 'learningRate', 'seed', 'test']);
    expect(faults.test).toEqual({ fault: 'number', low: 5, high: 80 });
  });

  it('have no use for some fields, whose text does not matter', () => {
    const fields = { ...initialFields(), optimizer: 'lbfgs', learningRate: 'fast', stopsEarly: false, patience: '?' };
    const { settings, faults } = readSettings(fields);
    expect(faults).toEqual({});
    expect(settings).not.toHaveProperty('patience');
    expect(isUnused('learningRate', fields)).toBe(true);
  });
});
