/**
 * Decides whether a measurement counts. The harness takes the losses itself, from what each tool put out; what a tool
 * says about its loss is not asked for.
 */
import { readBytes, readFloats } from './data/prepare.mjs';
import { LOSS_ROWS, lossOf, reference } from './reference.mjs';
import { W1 } from './works/w1.mjs';

const known = new Map();

function expected(folder, work) {
  if (!known.has(work.id)) {
    if (work.kind === 'train') known.set(work.id, reference(folder, work));
    else {
      const { trained, predict } = reference(folder, W1);
      known.set(work.id, { trained, answers: predict(work.rows) });
    }
  }
  return known.get(work.id);
}

/** @returns {{ loss: number, reference: number, off: number, refused?: string }} of the outputs in `file` */
export function checkOutputs(folder, work, file) {
  const want = expected(folder, work);
  const outputs = readFloats('', file);
  const y = readBytes(folder, `${work.data}.y`);
  const units = work.sizes.at(-1);
  const rows = work.kind === 'train' ? LOSS_ROWS : work.rows;
  if (outputs.length !== rows * units) return { refused: `${outputs.length} outputs instead of ${rows * units}` };
  const loss = lossOf(work, outputs.subarray(0, LOSS_ROWS * units), y);
  const off = Math.abs(loss - want.trained) / want.trained;
  const result = { loss, reference: want.trained, off };
  if (!(off <= work.tolerance)) {
    const after = work.kind === 'train' ? ' after one epoch' : '';
    return { ...result, refused: `loss ${loss.toFixed(4)}${after}, expected ${want.trained.toFixed(4)}` };
  }
  if (want.answers) {
    const worst = outputs.reduce((most, value, i) => Math.max(most, Math.abs(value - want.answers[i])), 0);
    if (!(worst <= work.tolerance)) return { ...result, refused: `an output is off by ${worst.toPrecision(2)}` };
  }
  return result;
}

/** @returns {string | undefined} why the timed training itself does not count */
export function checkLearnt(folder, work, file) {
  const { start } = expected(folder, work);
  const after = lossOf(work, readFloats('', file), readBytes(folder, `${work.data}.y`));
  return after < 0.999 * start ? undefined : `loss ${after.toFixed(4)} after the timing, ${start.toFixed(4)} before it`;
}
