/** `downloads://name`, in pages: the browser saves the file where it saves downloads. */
import { refusal, type Store } from './store.js';

/** How long the file stays at its address, in milliseconds: some browsers fetch it after they have asked where to. */
const KEPT_MS = 60_000;

export const download: Store = {
  async save(place, bytes) {
    if (!globalThis.document) {
      throw refusal(place, 'expected a page, got an engine without a document; a worker sends the bytes to its page');
    }
    const address = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = /\.\w+$/.test(place.name) ? place.name : `${place.name}.safetensors`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
    return undefined;
  },
};
