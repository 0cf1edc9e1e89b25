/** Cloudflare's engine: by itself, and with the tool by which its users build and start it. */
const FILES = {
  'main.mjs': `import network from 'mlp-wasm/mlp.wasm';
import drawing from 'mlp-wasm/digits.wasm';
import { all } from './programs/all.mjs';
const settings = { init: { wasmBinary: network, threads: 1 }, loadDigits: { wasmBinary: drawing } };
export default { fetch: async () => Response.json(await all(settings)) };`,
  'wrangler.json': JSON.stringify({ name: 'app', main: 'main.mjs', compatibility_date: '2026-01-01' }),
};

const COMMON = {
  setting: '`import wasmBinary from "mlp-wasm/mlp.wasm"`; it has no workers',
  expects: { threads: 1, refused: { worker: /this engine has no workers/ } },
  files: FILES,
};

export default [
  {
    ...COMMON,
    name: 'workerd',
    title: 'Cloudflare workerd',
    packages: { workerd: 'latest' },
    async run(place) {
      const port = await place.freePort();
      await place.write({ 'config.capnp': workerdConfig(port) });
      await place.start(place.bin('workerd'), ['serve', 'config.capnp']);
      const outcome = JSON.parse(await place.get(`http://127.0.0.1:${port}/`));
      return { version: await place.version('workerd'), outcomes: [outcome] };
    },
  },
  {
    ...COMMON,
    name: 'wrangler',
    title: 'Cloudflare Wrangler, `dev`',
    packages: { wrangler: 'latest', node: '24' }, // it wants a Node of 22.12 or later
    async run(place) {
      const port = await place.freePort();
      const env = {
        PATH: `${place.module('.bin')}:${process.env.PATH}`,
        WRANGLER_SEND_METRICS: 'false',
        XDG_CONFIG_HOME: place.folder,
      };
      const args = ['dev', '--ip', '127.0.0.1', '--port', String(port)];
      await place.start(place.bin('wrangler'), args, /Ready on/, { env });
      const outcome = JSON.parse(await place.get(`http://127.0.0.1:${port}/`));
      return { version: await place.version('wrangler'), outcomes: [outcome] };
    },
  },
];

/** The modules, by the names by which programs import them. */
function workerdConfig(port) {
  const dist = 'node_modules/mlp-wasm/dist';
  const programs = ['all', 'small', 'worker', 'digits'].map((name) => `programs/${name}.mjs`);
  const entries = { 'mlp-wasm': 'index.js', 'mlp-wasm/digits': 'digits.js', 'mlp-wasm/worker': 'worker.js' };
  const modules = [
    ['main.mjs', 'esModule', 'main.mjs'],
    ...programs.map((file) => [file, 'esModule', file]),
    // Names are relative to the folder of the one who imports.
    ...Object.entries(entries).map(([name, file]) => [`programs/${name}`, 'esModule', `${dist}/${file}`]),
    ...['mlp.wasm', 'digits.wasm'].map((file) => [`mlp-wasm/${file}`, 'wasm', `${dist}/${file}`]),
  ];
  const lines = modules.map(([name, kind, file]) => `(name = "${name}", ${kind} = embed "${file}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (compatibilityDate = "2026-01-01", modules = [${lines.join(',\n')}]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);`;
}
