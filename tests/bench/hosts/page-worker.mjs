/** In a worker of a page: where training belongs. */
import { drive } from '../drive/index.mjs';
import { pageHost, plainResult } from './page-host.mjs';

self.onmessage = async ({ data: job }) => {
  try {
    self.postMessage({ result: plainResult(await drive(job, pageHost)) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
