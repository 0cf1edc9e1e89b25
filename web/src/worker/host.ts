/** The worker of {@link connect}: the whole package, for the page to call. */
import * as library from '../index.js';
import { handleOf } from '../model/handle.js';
import { Channel, type Endpoint } from './channel.js';
import type { Incoming } from './protocol.js';

// Schedules are left out, because the page makes them itself.
const { init, schedules: _schedules, ...names } = library;

// With a prototype of its own, so that the channel takes it for an object of a class, which stays here.
const offered = Object.freeze(Object.assign(Object.create({}), names) as object);

const port = globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort;

const { postMessage } = port ?? (globalThis as unknown as Endpoint);

const channel = new Channel({ postMessage: postMessage.bind(port ?? globalThis) }, true, {
  // Before a checkpoint, callbacks are asked for their state, because those of the page can only answer by promises.
  prepare: (target, method) => (method === 'checkpoint' ? handleOf(method, target).refreshCallbacks?.() : undefined),
});

channel.offer({
  async start(options: library.InitOptions) {
    await init(options);
    return offered;
  },
});

if (port) port.on('message', (message) => channel.receive(message as Incoming));
else addEventListener('message', ({ data }: MessageEvent<Incoming>) => channel.receive(data));

channel.tell({ kind: 'ready' });
