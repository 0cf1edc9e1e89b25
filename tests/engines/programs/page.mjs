/** Runs the programs in a page and sends what came of them to the address that the page's own address names. */
import { all } from './all.mjs';

const asked = new URL(location.href).searchParams;
const outcome = await all(JSON.parse(asked.get('settings') ?? '{}'));
await fetch(asked.get('report'), { method: 'POST', body: JSON.stringify(outcome) });
