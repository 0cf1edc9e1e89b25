/** Loads the model in a page, asks it, keeps it in IndexedDB and asks what is loaded from there; sends both answers. */
import { init } from 'mlp-wasm';
import { loadTableModel } from 'mlp-wasm/tables';
import { answersOf } from './rows.mjs';

const outcome = await (async () => {
  await init({ deterministic: true });
  const model = await loadTableModel(new URL('../../kinds.safetensors', import.meta.url));
  await model.save('indexeddb://kinds');
  return { answers: [answersOf(model), answersOf(await loadTableModel('indexeddb://kinds'))] };
})().catch((error) => ({ error: `${error.name}: ${error.message}` }));
await fetch(new URL(location.href).searchParams.get('report'), { method: 'POST', body: JSON.stringify(outcome) });
