// `npm start`: builds the page and serves it. `npm start -- --port N` chooses the port.
import { parseArgs } from 'node:util';
import path from 'node:path';
import { buildPackage, buildPage } from './build.mjs';
import { fail, ROOT } from './run.mjs';
import { setup } from './setup.mjs';

const { values } = parseArgs({ options: { port: { type: 'string' } } });
const port = values.port === undefined ? undefined : Number(values.port);
if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
  fail(`--port: expected an integer from 1 to 65535, got '${values.port}'`);
}

setup('build');
await buildPackage();
buildPage();

const { preview } = await import('vite');
try {
  const server = await preview({
    root: path.join(ROOT, 'web/demo'),
    preview: { port: port ?? 4173, strictPort: port !== undefined },
  });
  console.log(`\nThe page is at ${server.resolvedUrls.local[0]} (Ctrl+C ends it)`);
} catch (error) {
  fail(`Could not serve the page: ${error.message}`);
}
