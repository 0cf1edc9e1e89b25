/** The pages of web/docs: every program on them runs. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { visitLibrary } from '../../browser/library.js';
import { documentedPrograms, examples, programsIn } from '../../programs.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAMS = documentedPrograms();

const nameOf = (title: string) => title.replace(/\W+/g, '-');

describe('Programs of the documentation and of EXAMPLES.md', () => {
  it('have types that check', () => {
    const sources = new Map(
      [...PROGRAMS, ...examples()].map(({ title, code }) => [`${ROOT}tests/${nameOf(title)}.js`, code]),
    );
    const { config } = ts.readConfigFile(`${ROOT}tests/tsconfig.json`, ts.sys.readFile.bind(ts.sys)) as {
      config: { include?: string[] };
    };
    const { options } = ts.parseJsonConfigFileContent(
      { ...config, include: ['programs.d.mts'] },
      ts.sys,
      `${ROOT}tests`,
    );
    // As tests/engines/environments/7-types.mjs has them, which tries other compilers.
    const checked = { ...options, allowJs: true, checkJs: true, noImplicitAny: false, noUncheckedIndexedAccess: false };
    const host = ts.createCompilerHost(checked);
    const { getSourceFile, fileExists } = host;
    host.fileExists = (file) => sources.has(file) || fileExists(file);
    host.getSourceFile = (file, version, onError) =>
      sources.has(file)
        ? ts.createSourceFile(file, sources.get(file)!, version)
        : getSourceFile(file, version, onError);
    const found = ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], checked, host));
    expect(ts.formatDiagnostics(found, { ...host, getCurrentDirectory: () => `${ROOT}tests` })).toBe('');
  });
});

describe('Programs of the documentation', () => {
  // Inside the project, so that the package's own name leads to it.
  const folder = `${ROOT}build/examples`;

  it.each(PROGRAMS.filter(({ where }) => where === 'run'))('$title', async ({ title, code }) => {
    await mkdir(folder, { recursive: true });
    const file = `${folder}/${nameOf(title)}.mjs`;
    await writeFile(file, code);
    const run = promisify(execFile)(process.execPath, [file], { cwd: folder, timeout: 60_000 });
    const { stderr } = await run.catch((error: { stderr: string }) => {
      // Without the line of the package that it shows, which is all of it.
      throw new Error(error.stderr.replace(/^.{500,}$/gm, '…'));
    });
    expect(stderr).toBe('');
  });

  describe('on a page', () => {
    const here = visitLibrary();

    it.each(PROGRAMS.filter(({ where }) => where === 'page'))('$title', async ({ title, code }) => {
      await writeFile(`${here.folder}/${nameOf(title)}.js`, code);
      const page = await here.open();
      // As text, because Vitest would make another import of it.
      await page.evaluate(`import('./${nameOf(title)}.js').then(() => undefined)`);
    });
  });
});

describe('A page of the documentation', () => {
  const block = (info: string, code: string) => `\`\`\`${info}\n${code}\n\`\`\`\n`;

  it('has programs that go on in further blocks', () => {
    const text = `# A\n\n${block('js run', 'a')}\n${block('sh', 'b')}${block('js more', 'c')}${block('js page', 'd')}`;
    expect(programsIn('a.md', text)).toEqual([
      { title: 'a.md:3', where: 'run', code: 'a\nc\n' },
      { title: 'a.md:13', where: 'page', code: 'd\n' },
    ]);
  });

  it.each(['js', 'ts', 'js somehow', 'js run more', 'javascript'])(
    'may not have a block that is %s and is not run',
    (info) => {
      expect(() => programsIn('a.md', block(info, 'a'))).toThrow(
        `a.md:1: \`\`\`${info}: expected js run, js page or js more`,
      );
    },
  );

  it('may not go on with a program that it does not have', () => {
    expect(() => programsIn('a.md', block('js more', 'a'))).toThrow(
      'a.md:1: ```js more: there is no program before it',
    );
  });
});
