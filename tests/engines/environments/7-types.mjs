/** Compilers of TypeScript, over the programs of the documentation and of EXAMPLES.md; and the tools that judge packages. */
import { readFileSync } from 'node:fs';
import { documentedPrograms, examples } from '../../programs.mjs';

const read = (file) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

/** The programs of the documents, each as a module of its own, by file name. */
function programFiles() {
  const files = [...examples(), ...documentedPrograms()].map(({ code }, i) => [`programs/${i}.js`, code]);
  return Object.fromEntries(files);
}

/** How a program may look for the package: as Node does, and as bundlers do. */
const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
];

const typescript = (version, packages, compiler, title = `TypeScript ${version}`) => ({
  name: `typescript-${version}`,
  title,
  packages: { ...packages, '@types/node': '^20' },
  async run(place) {
    const programs = programFiles();
    await place.write(programs);
    for (const resolution of RESOLUTIONS) {
      const compilerOptions = {
        ...resolution,
        target: 'es2022',
        lib: ['es2022', 'esnext.disposable', 'dom', 'dom.iterable'].filter(
          // `using` and its library came with 5.2.
          (name) => name !== 'esnext.disposable' || !['5.0', '5.1'].includes(version),
        ),
        types: ['node'],
        strict: true,
        allowJs: true,
        checkJs: true,
        noImplicitAny: false, // for the parameters of functions of plain JavaScript
        noEmit: true,
        skipLibCheck: false,
      };
      await place.write({ 'tsconfig.json': JSON.stringify({ compilerOptions, files: Object.keys(programs) }) });
      await place.run(place.bin(compiler), ['--project', 'tsconfig.json']);
    }
    const [, found] = /(\d\S+)/.exec(await place.run(place.bin(compiler), ['--version']));
    return { version: found, said: `types of ${Object.keys(programs).length} programs` };
  },
});

/** Judges the tarball. */
const judge = (name, packageName, args) => ({
  name,
  title: packageName,
  packages: { [packageName]: 'latest' },
  async run(place) {
    await place.run(place.bin(name), [...args, place.tarball]);
    return { version: await place.version(packageName), said: 'nothing to complain of' };
  },
});

const VERSIONS = ['5.0', '5.1', '5.2', '5.3', '5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];

export default [
  ...VERSIONS.map((version) => typescript(version, { typescript: `~${version}.2` }, 'tsc')),
  typescript('newest', { typescript: 'latest' }, 'tsc', 'TypeScript, newest'),
  typescript('native', { '@typescript/native-preview': 'latest' }, 'tsgo', 'TypeScript, native preview'),
  judge('publint', 'publint', ['run', '--strict']),
  // Modules only, which CommonJS gets by import(). Files that are lent out to be copied have no types.
  judge('attw', '@arethetypeswrong/cli', ['--profile', 'esm-only', '--exclude-entrypoints', ...lentFiles(), '--']),
];

function lentFiles() {
  return Object.keys(JSON.parse(read('package.json')).exports).filter((name) => /^\.\/.+\.(js|wasm)$/.test(name));
}
