/** Finds the package's files when they are not beside the module that asks for them. */

/**
 * The address of a file of the package, or undefined if that is `beside()`, as it is without a bundler.
 *
 * @param file its name in `dist/`
 * @param beside gives `new URL('./file', import.meta.url)`, an expression that bundlers know and make right. A function,
 *   because it throws in bundles that have no `import.meta.url`; and one that returns it, because file tracers of
 *   servers do not see it elsewhere.
 * @throws {Error} where nothing tells the address.
 */
export async function movedTo(file: string, beside: () => URL): Promise<string | undefined> {
  const href = hrefOf(beside);
  const [, site] = /^(.*?\/)(?:@fs\/.*\/|node_modules\/)?\.vite\/deps\/[^/]*$/.exec(href) ?? [];
  if (site !== undefined) return askVite(site, file);
  // Next gives its clients and its server components an address without a host, which only clients can use.
  if (/^[a-z][a-z\d+.-]*:/i.test(href) || (href !== '' && globalThis.location)) return undefined;
  // Without an address: the bundle is an iife or CommonJS, or the address has no host.
  const found = findInstalled(file);
  if (found !== undefined) return found;
  throw new Error(
    'this bundle has no import.meta.url: bundle it as an ES module, or pass wasmUrl or wasmBinary, or workerUrl',
  );
}

function hrefOf(beside: () => URL): string {
  try {
    return beside().href;
  } catch {
    return '';
  }
}

/**
 * The dev server of Vite 7 and before serves packages bundled anew from `.vite/deps/`, without the files that lie beside
 * them. It knows where the package is, in a workspace perhaps above the app. The module that it makes of a `.wasm?init`
 * contains that address.
 */
async function askVite(site: string, file: string): Promise<string> {
  const answer = await fetch(`${site}@id/mlp-wasm/mlp.wasm?import&init`);
  const [, folder] = /"([^"]*\/)mlp\.wasm\b/.exec(await answer.text()) ?? [];
  return new URL((folder ?? 'node_modules/mlp-wasm/dist/') + file, site).href;
}

/** In Node: the address of the file in the package that is installed for the running program. */
function findInstalled(file: string): string | undefined {
  const { process } = globalThis;
  try {
    const { createRequire } = process!.getBuiltinModule('node:module');
    const path = createRequire(`${process!.cwd()}/`).resolve(`mlp-wasm/${file}`);
    return process!.getBuiltinModule('node:url').pathToFileURL(path).href;
  } catch {
    return undefined;
  }
}
