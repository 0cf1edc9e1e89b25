/** Next: clients, and on its server route handlers and server components. */
import { ISOLATION } from '../place.mjs';

const HEADERS = JSON.stringify(Object.entries(ISOLATION).map(([key, value]) => ({ key, value })));

/** @param external what of the configuration concerns mlp-wasm */
const files = (external, settings) => ({
  'next.config.mjs': `export default {
  ${external}
  async headers() {
    return [{ source: '/:path*', headers: ${HEADERS} }];
  },
};`,
  'app/layout.jsx': `export default function Layout({ children }) {
  return <html lang="en"><body>{children}</body></html>;
}`,
  'app/page.jsx': `'use client';
import { useEffect } from 'react';
let hasRun = false;
export default function Page() {
  useEffect(() => {
    if (!hasRun) import('../programs/page.mjs');
    hasRun = true;
  }, []);
  return <p>App</p>;
}`,
  'app/route/route.js': `import { all } from '../../programs/all.mjs';
export const dynamic = 'force-dynamic';
export const GET = async () => Response.json(await all(${JSON.stringify(settings)}));`,
  'app/component/page.jsx': `import { all } from '../../programs/all.mjs';
export const dynamic = 'force-dynamic';
export default async function Page() {
  const outcome = JSON.stringify(await all(${JSON.stringify(settings)}));
  return <pre data-outcome={Buffer.from(outcome).toString('base64')} />;
}`,
});

/**
 * @param outcomesAt asks the server that listens at an address
 * @param external see {@link files}
 * @param settings of the programs on the server
 */
const next = (name, what, outcomesAt, { external = '', settings = {}, ...more } = {}) => ({
  name,
  title: `Next, ${what}`,
  packages: { next: 'latest', react: 'latest', 'react-dom': 'latest' },
  files: files(external, settings),
  ...more,
  async run(place) {
    const env = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: undefined };
    await place.run(place.bin('next'), ['build'], { env });
    const args = ['start', '--hostname', '127.0.0.1', '--port', String(await place.freePort())];
    const [url] = await place.start(place.bin('next'), args, /http:\/\/127[\d.]+:\d+/, { env });
    return { version: await place.version('next'), outcomes: await outcomesAt(place, url) };
  },
});

const onClient = async (place, url) => [await place.visit(url)];

const onServer = async (place, url) => {
  const route = JSON.parse(await place.get(`${url}/route`));
  const [, component] = /data-outcome="([^"]+)"/.exec(await place.get(`${url}/component`)) ?? [];
  return [route, JSON.parse(Buffer.from(component, 'base64').toString())];
};

export default [
  next('next-client', 'client', onClient),
  next('next-server', 'route handler and server component', onServer, {
    setting: 'threads and workers: see the next line',
    settings: { init: { threads: 1 } },
    expects: { threads: 1, refused: { worker: /the worker could not be started/ } },
  }),
  next('next-external', 'the same with threads and workers', onServer, {
    external: "serverExternalPackages: ['mlp-wasm'],",
    setting: "`serverExternalPackages: ['mlp-wasm']`",
  }),
];
