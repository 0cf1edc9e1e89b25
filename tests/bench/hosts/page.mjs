/** In a page, on its own thread: what the harness calls. Cold starts are measured here, everything else in a worker. */
import { drive } from '../drive/index.mjs';
import { pageHost, plainResult } from './page-host.mjs';

globalThis.measureHere = async (job) => plainResult(await drive(job, pageHost));

globalThis.measureInWorker = (job) =>
  new Promise((resolve, reject) => {
    const worker = new Worker('/bench/hosts/page-worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.result));
    worker.onerror = ({ message }) => reject(new Error(`worker: ${message}`));
    worker.postMessage(job);
  });
