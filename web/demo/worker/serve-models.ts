/** Files of models in their worker: written and read. */
import { init } from 'mlp-wasm';
import type { FromModelWorker, ToModelWorker } from '../shared/model-work.js';
import { readModel, writeNetwork, writeTraining } from './model-files.js';
import { plainNetworkOf, Unfit } from './plain-network.js';

/** The library says on the console what it leaves out or guesses; the page says it to the visitor. */
const remarks: string[] = [];
console.warn = (text: unknown) => {
  remarks.push(String(text).replace(/^mlp-wasm: (?:\w+: )?/, ''));
};

async function work(message: ToModelWorker): Promise<FromModelWorker> {
  await init();
  switch (message.kind) {
    case 'write':
      return { kind: 'file', ...(await writeNetwork(message.network, message.format)), remarks };
    case 'training': {
      const { checkpoint, digits, epochs, batchSize } = message;
      return { kind: 'file', ...(await writeTraining(checkpoint, digits, { epochs, batchSize })), remarks };
    }
    case 'read': {
      const { network, remarks: changes } = plainNetworkOf(await readModel(message.files, message.activation, remarks));
      return { kind: 'network', network, remarks: [...changes, ...remarks.map(ofLibrary)] };
    }
  }
}

const ofLibrary = (text: string) => ({ remark: 'library', text }) as const;

/** Does what the page asks for and tells it what came of it. */
export function serve(asked: ToModelWorker): void {
  const post = (message: FromModelWorker, buffers: Transferable[] = []): void =>
    (globalThis as unknown as Worker).postMessage(message, buffers);
  work(asked).then(
    (message) => post(message, message.kind === 'file' ? [message.bytes.buffer] : []),
    (error: unknown) => {
      if (error instanceof Unfit) post({ kind: 'misfit', misfit: error.reason });
      else post({ kind: 'failure', message: error instanceof Error ? error.message : String(error) });
    },
  );
}
