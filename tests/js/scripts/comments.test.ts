import { describe, expect, it } from 'vitest';

interface Rules {
  pronounsFirst(file: string, text: string): string[];
  unexplainedLength(file: string, text: string): string[];
}

// By a name that the compiler does not follow, because the scripts have no types.
const SCRIPT: string = '../../../scripts/comments.mjs';
const { pronounsFirst, unexplainedLength } = (await import(SCRIPT)) as Rules;

/** Lines at which the rule finds a comment. */
const linesIn = (file: string, text: string): number[] =>
  pronounsFirst(file, text).map((finding) => Number(finding.slice(file.length + 1).split(':', 1)[0]));

describe('Comments that begin with a pronoun', () => {
  it.each([
    ['a.ts', '// What it is\nlet a;'],
    ['a.mjs', 'let a; // which is nothing'],
    ['a.js', '/* Whether it is */'],
    ['a.ts', '/** Of what it is made. */'],
    ['a.ts', '/**\n * How many\n * there are.\n */'],
    ['a.ts', '/** How\n * much there is. */'],
    ['a.ts', '// That which is there'],
    ['a.ts', '//   --- Who asks ---'],
    ['a.css', 'a { } /* Where it stands */'],
    ['a.h', '///< whose it is'],
    ['a.cc', "const int a = 1'000;  // Whom it concerns"],
  ])('%s: %j is found', (file, text) => {
    expect(linesIn(file, text)).toEqual([1]);
  });

  it('names file, line, word and cure', () => {
    expect(pronounsFirst('web/a.ts', 'let a;\n\n/** What it is. */')).toEqual([
      'web/a.ts:3: this comment begins with "What": name its subject first, and give a reason with "because"',
    ]);
  });

  it.each([
    ['a.ts', "const a = '// What'; const b = `/* What */ ${a} // which`;"],
    ['a.ts', 'const a = /[/*] What/; const b = 4 / 2; // a half'],
    ['a.ts', '/**\n * A sum.\n *\n * @example\n * sum(1); // which is 1\n */\nlet a;'],
    ['a.ts', '// A long sentence about something\n// which goes on in a second line.'],
    ['a.ts', '/**\n * A list of those\n * who asked.\n */'],
    ['a.ts', '// Whatever comes, however it came'],
    ['a.ts', '// How it is done'],
    ['a.cc', 'const char* a = "// What";  // text'],
    ['a.cc', 'const char* a = R"(/* What */)";'],
    ['a.cc', 'int a = 1;  // one of those\n            // which go on'],
    ['a.css', "a::after { content: '/* What */'; } b { background: url(//what); }"],
  ])('%s: %j is not', (file, text) => {
    expect(linesIn(file, text)).toEqual([]);
  });

  it('tells comments below each other apart by their column', () => {
    expect(linesIn('a.ts', 'f(); // done\n// What comes next\ng();')).toEqual([2]);
    expect(linesIn('a.ts', '/** A. */\n// What comes next\ng();\n\n// Where')).toEqual([2, 5]);
  });
});

describe('Files above 400 lines', () => {
  const lines = (count: number) => 'a();\n'.repeat(count);

  it('need a reason in their head', () => {
    expect(unexplainedLength('a.ts', lines(400))).toEqual([]);
    expect(unexplainedLength('a.ts', lines(401))).toEqual([
      'a.ts:1: this file has 401 lines: make it two, or say in its head "Longer than 400 lines because …"',
    ]);
    expect(unexplainedLength('a.ts', `// Longer than 400 lines because it is a table.\n${lines(400)}`)).toEqual([]);
    expect(
      unexplainedLength('a.ts', `/**\n * A table. Longer than\n * 400 lines because so.\n */\n${lines(400)}`),
    ).toEqual([]);
  });

  it('need one that says something, and where it is read', () => {
    expect(unexplainedLength('a.ts', `// Longer than 400 lines because\n\n${lines(400)}`)).toHaveLength(1);
    expect(unexplainedLength('a.ts', `${lines(400)}// Longer than 400 lines because it is a table.`)).toHaveLength(1);
  });
});
