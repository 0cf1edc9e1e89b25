/** The worker of {@link connect}: the whole package, for the page to call. */
import { Channel, type Endpoint } from './channel.js';
import * as library from './index.js';
import type { Message } from './messages.js';

// Schedules are made where they are asked for.
const { init, schedules: _schedules, _internals, ...names } = library;
// A class's object, in the channel's eyes: it stays here.
const offered = Object.freeze(Object.assign(Object.create({}), names) as object);

const port = globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort;
const { postMessage } = port ?? (globalThis as unknown as Endpoint);
const channel = new Channel({ postMessage: postMessage.bind(port ?? globalThis) }, true);
channel.keep({
  async start(options: library.InitOptions) {
    await init(options);
    return offered;
  },
});
if (port) port.on('message', (message) => channel.receive(message as Message));
else addEventListener('message', ({ data }: MessageEvent<Message>) => channel.receive(data));
channel.tell({ kind: 'ready' });
