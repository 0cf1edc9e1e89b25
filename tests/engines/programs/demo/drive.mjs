/** Visits the demo page as a person does, in a frame, and sends what came of it to the address that its own names. */
import { firstVisit } from './first-visit.mjs';
import { Frame } from './frame.mjs';
import { views } from './views.mjs';

/** Complaints of the page, and the files that it saved; `hear.js` writes into both. */
window.complaints = [];
window.saved = [];

const asked = new URL(location.href).searchParams;
const frame = new Frame(document.querySelector('iframe'));
const faults = [];
const done = [];

/** Takes these steps one after the other; those after one that failed are tried all the same if they can stand alone. */
async function take(steps, isChain) {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step(frame);
      done.push(name);
    } catch (error) {
      faults.push(`${name}: ${error.message}`);
      if (isChain) return false;
    }
    faults.push(...window.complaints.splice(0).map((complaint) => `${name}: ${complaint}`));
  }
  return true;
}

const isDone = await take(firstVisit, true);
const threads = Number(/ · (\d+) threads/.exec(frame.document.body.textContent)?.[1] ?? 1);
if (isDone) await take(views, false);
await fetch(asked.get('report'), { method: 'POST', body: JSON.stringify({ done, faults, threads }) });
