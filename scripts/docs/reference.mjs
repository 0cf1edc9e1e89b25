/** The reference: Markdown made by TypeDoc from the doc comments of every entry that package.json exports with types. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Application, Converter, Logger, LogLevel, ReflectionKind } from 'typedoc';
import ts from 'typescript';
import { ROOT } from '../run.mjs';
import { sourceAddress } from './pages.mjs';

/** Entries of the package: the name in an import, and the source of what it exports. */
export function entries() {
  const { exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, { types }]) => types !== undefined)
    .map(([name, { types }]) => ({
      name: path.posix.join('mlp-wasm', name),
      source: types.replace(/^\.\/dist\//, 'web/src/').replace(/\.d\.ts$/, '.ts'),
    }));
}

/** Errors of these classes are in doc comments; they are the language's own. */
const MDN = 'https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/';

/**
 * TypeDoc's account of all entries: a module for each, by the name in an import, with all that it exports.
 *
 * @returns {Promise<{ app: Application, project: import('typedoc').ProjectReflection, complaints: string[] }>} complaints are of
 *   doc comments: a link that leads nowhere, a parameter that there is not
 */
export async function convert() {
  const modules = entries();
  const app = await Application.bootstrapWithPlugins({
    name: 'Reference',
    entryPoints: modules.map(({ source }) => path.join(ROOT, source)),
    tsconfig: path.join(ROOT, 'tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    logLevel: 'Warn',
    skipErrorChecking: true, // `tsc` has done that
    readme: 'none',
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableGit: true,
    sourceLinkTemplate: '{path}', // tidy() makes the links
    basePath: ROOT,
    externalSymbolLinkMappings: {
      typescript: Object.fromEntries(['Error', 'TypeError', 'RangeError'].map((name) => [name, MDN + name])),
    },
    // Types that only spell out a longer one and are in no entry.
    validation: { notExported: false, invalidLink: true },
    router: 'member',
    entryFileName: 'index',
    groupOrder: ['Functions', 'Classes', 'Variables', 'Interfaces', 'Type Aliases'],
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    expandParameters: true,
    parametersFormat: 'list',
    interfacePropertiesFormat: 'table',
    propertyMembersFormat: 'table',
    indexFormat: 'table',
    tableColumnSettings: { hideInherited: true, hideOverrides: true, hideSources: true, hideModifiers: true },
    pageTitleTemplates: {
      index: () => 'Reference',
      module: ({ name }) => name,
      member: ({ name }) => name,
    },
  });
  const complaints = [];
  app.logger = new (class extends Logger {
    log(message, level) {
      if (level >= LogLevel.Warn) complaints.push(message);
    }
  })();
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => nameErrors(project));
  const project = await app.convert();
  if (!project) throw new Error('TypeDoc could not read the sources');
  for (const module of project.children) {
    const { fullFileName } = module.sources[0];
    module.name = modules.find(({ source }) => path.join(ROOT, source) === fullFileName).name;
  }
  app.validate(project);
  return { app, project, complaints };
}

/** Puts the classes of errors back into the comments, because TypeDoc leaves out what stands in braces after @throws. */
function nameErrors(project) {
  const texts = new Map();
  const all = project.getReflectionsByKind(ReflectionKind.All);
  for (const reflection of all) {
    const throws = reflection.comment?.blockTags.filter(({ tag }) => tag === '@throws') ?? [];
    if (throws.length === 0) continue;
    const [source] = reflection.sources ?? reflection.parent?.sources ?? [];
    if (source === undefined) continue;
    const { fullFileName, line } = source;
    if (!texts.has(fullFileName)) texts.set(fullFileName, readFileSync(fullFileName, 'utf8').split('\n'));
    const above = texts
      .get(fullFileName)
      .slice(0, line - 1)
      .join('\n');
    const comment = above.slice(above.lastIndexOf('/**'));
    const classes = [...comment.matchAll(/@throws(?: \{([^}]+)\})?/g)].map(([, names]) => names);
    throws.forEach((tag, i) => {
      if (classes[i] === undefined) return;
      const named = classes[i].split('|').map((name) => `\`${name.trim()}\``);
      tag.content.unshift({ kind: 'text', text: `${named.join(' or ')} ` });
    });
  }
}

/** Folders that typedoc-plugin-markdown writes into, of the kinds that a sidebar lists. */
const FOLDERS = new Map([
  [ReflectionKind.Function, 'functions'],
  [ReflectionKind.Class, 'classes'],
  [ReflectionKind.Variable, 'variables'],
  [ReflectionKind.Interface, 'interfaces'],
]);

/** True of interfaces that are more than options or results: objects with methods, such as a model. */
const hasMethods = ({ children = [] }) => children.some(({ kind }) => kind === ReflectionKind.Method);

/** A page of TypeDoc's with less around what it says: small links to the source, one list of what is exported once more. */
function tidy(text) {
  return `---\npageClass: reference\n---\n\n${text}`
    .replace(/^Defined in: \[?([^\]:]+):(\d+).*$/gm, (_, file, line) => {
      const name = file.replaceAll('\\', '');
      return `<p class="excerpt-of"><a href="${sourceAddress(name)}#L${line}">${name}:${line}</a></p>`;
    })
    .replace(/^#+ [GS]et Signature\n\n/gm, '')
    .replace(/^## References\n[^]*?(?=^## |(?![^]))/gm, (section) => {
      const links = [...section.matchAll(/^Re-exports (\[.+\]\(.+\))$/gm)].map(([, link]) => link);
      return `## Also exported\n\n${links.join(', ')}\n\n`;
    });
}

/** Writes a page for each name, and sidebar.json, which lists for each entry what one calls: functions, objects, tables. */
export async function writeReference(folder) {
  const { app, project, complaints } = await convert();
  if (complaints.length > 0) throw new Error(`TypeDoc complains of the doc comments:\n${complaints.join('\n')}`);
  rmSync(folder, { recursive: true, force: true });
  app.options.setValue('out', folder);
  await app.generateOutputs(project);
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.md')) continue;
    const page = path.join(folder, file);
    writeFileSync(page, tidy(readFileSync(page, 'utf8')));
  }
  const sidebar = project.children.map((module) => ({
    name: module.name,
    pages: module.children
      .filter((child) => FOLDERS.has(child.kind) && (child.kind !== ReflectionKind.Interface || hasMethods(child)))
      .map(({ name, kind }) => ({ text: name, link: `/reference/${module.name}/${FOLDERS.get(kind)}/${name}` }))
      .sort((a, b) => a.text.localeCompare(b.text, 'en')),
  }));
  writeFileSync(path.join(folder, 'sidebar.json'), JSON.stringify(sidebar));
  for (const { name, names } of publicNames()) {
    const index = readFileSync(path.join(folder, name, 'index.md'), 'utf8').replaceAll('\\', '');
    const missing = names.filter((exported) => !index.includes(`[${exported}](`));
    if (missing.length > 0) throw new Error(`The reference of ${name} does not list ${missing.join(', ')}`);
  }
}

/** The exports of each entry, types too, as the compiler finds it in the declarations that are published. */
export function publicNames() {
  const { exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  const modules = entries().map(({ name }) => ({
    name,
    file: path.join(ROOT, exports[name.replace(/^mlp-wasm/, '.')].types),
  }));
  const program = ts.createProgram(
    modules.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, types: [], noLib: true },
  );
  const checker = program.getTypeChecker();
  return modules.map(({ name, file }) => {
    const symbol = checker.getSymbolAtLocation(program.getSourceFile(file));
    return { name, names: checker.getExportsOfModule(symbol).map((exported) => exported.name) };
  });
}
