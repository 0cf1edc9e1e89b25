// Trainings over all options together are stopped anywhere and go on from a checkpoint elsewhere: what they come to, what
// they tell and every file that they hand out are, to the bit, those of the training that nobody stopped.
import * as library from '../../../dist/index.js';
import { Fresh } from '../processes.mjs';
import { Random } from '../random.mjs';
import { drawStop, drawTraining, leg } from '../trainings.mjs';

/** How often each training is tried to be stopped: a moment may come only after its end. */
const TRIES = 5;

/** Trainings that are under way side by side, because they often wait. */
const LANES = 2;

/** One in so many stops goes on in a process that does nothing else, the others in one that takes so many. */
const PROCESSES = 20;
const INSTANCES = 50;

/** The same bits on each of them is what `deterministic` promises. */
const INITS = [
  { deterministic: true },
  { deterministic: true },
  { deterministic: true, simd: false },
  { deterministic: true, threads: 2 },
];

/** Faults after which nothing more is tried. */
const MANY = 10;

/**
 * @param given.seed of the first training; the others count from it
 * @param given.count stops
 * @returns what is to be said of it, and a sentence for each fault
 */
export async function run({ seed, count, log = () => {} }) {
  await library.init({ deterministic: true });
  const done = { trainings: 0, stops: 0, processes: 0, instances: 0, inPlace: 0, byHow: {}, faults: [] };
  let next = seed;
  const lane = async () => {
    let fresh = new Fresh();
    try {
      while (done.stops < count && done.faults.length < MANY) {
        if (fresh.jobs >= INSTANCES) {
          await fresh.end();
          fresh = new Fresh();
        }
        await tryTraining(next++, fresh, done);
        if (done.trainings % 200 === 0) log(`${done.stops} stops of ${done.trainings} trainings`);
      }
    } finally {
      await fresh.end();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const hows = Object.entries(done.byHow).map(([how, times]) => `${times} ${how}`);
  const findings =
    `${done.stops} stops (${hows.join(', ')}) of ${done.trainings} trainings: the same bits; gone on ` +
    `${done.instances} times in a fresh instance, ${done.processes} in a fresh process, ${done.inPlace} in the model`;
  return { findings, faults: done.faults };
}

/** One training as it is, and stopped anywhere. */
async function tryTraining(seed, fresh, done) {
  const training = drawTraining(seed);
  const whole = await leg(library, training);
  whole.model.dispose();
  ++done.trainings;
  for (let i = 0; i < TRIES; ++i) {
    const random = new Random(seed, 4, i);
    const told = [];
    try {
      await goThrough(training, whole, random, fresh, done, told);
    } catch (error) {
      done.faults.push(`training ${seed}, ${told.join(', ')}: ${error.message}\n${JSON.stringify(training.described)}`);
      return;
    }
  }
}

/** Stops a training once or several times. */
async function goThrough(training, whole, random, fresh, done, told) {
  const before = []; // all that was told until the checkpoint
  let here = { bytes: undefined };
  for (let legs = random.pick([1, 1, 1, 2, 3]); legs > 0; --legs) {
    const stop = drawStop(random, training, whole.moments);
    told.push(`${stop.how} at ${stop.at}`);
    here = await goOn(training, random, { ...here, stop }, fresh, done, told);
    before.push(...here.log);
    if (!here.isStopped) break;
    ++done.stops;
    done.byHow[stop.how] = (done.byHow[stop.how] ?? 0) + 1;
  }
  if (here.isStopped) {
    here = await goOn(training, random, here, fresh, done, told);
    before.push(...here.log);
  }
  here.model?.dispose();
  // A step that callbacks have been told of, but that was not handed out yet, is not handed out by what goes on.
  const isCut = training.way === 'steps' && told.some((what) => /^(die|throw)/.test(what));
  const heard = (list) => (isCut ? list.filter((text) => !text.startsWith('step')) : list);
  expectSame('what was told', heard(before), heard(whole.log));
  if (here.history && whole.history) expectEnd(here.history, whole.history);
  const place = here.bytes.findIndex((byte, i) => byte !== whole.bytes[i]);
  if (place >= 0 || here.bytes.length !== whole.bytes.length) throw new Error(describeFiles(here.bytes, whole.bytes));
}

/** The next leg: in this instance where it is the first one, else elsewhere, unless the model is still there. */
async function goOn(training, random, { bytes, model, stop }, fresh, done, told) {
  if (!bytes) return leg(library, training, { stop });
  if (model && random.chance(0.1)) {
    ++done.inPlace;
    told.push('in place');
    return leg(library, training, { model, stop });
  }
  model?.dispose();
  const job = { seed: training.seed, bytes, stop, init: INITS[0] };
  if (!random.chance(1 / PROCESSES)) {
    ++done.instances;
    told.push('elsewhere');
    return fresh.leg(job);
  }
  ++done.processes;
  const own = new Fresh();
  const init = random.pick(INITS);
  told.push(`in a process ${JSON.stringify(init)}`);
  try {
    return await own.leg({ ...job, init });
  } finally {
    await own.end();
  }
}

function expectSame(what, got, expected) {
  const place = got.findIndex((text, i) => text !== expected[i]);
  if (place < 0 && got.length === expected.length) return;
  const at = place < 0 ? Math.min(got.length, expected.length) : place;
  throw new Error(`${what}: at ${at} of ${expected.length} expected\n  ${expected[at]}\ngot\n  ${got[at]}`);
}

/** The history of what went on is the end of the history of the whole. */
function expectEnd(got, expected) {
  const end = (list, { length }) => (length > 0 ? list.slice(-length) : []).map(String);
  expectSame('history: epochs', got.epoch.map(String), end(expected.epoch, got.epoch));
  for (const [figure, values] of Object.entries(got.history))
    expectSame(`history: ${figure}`, values.map(String), end(expected.history[figure] ?? [], values));
  expectSame('history: terminated', [JSON.stringify(got.terminated)], [JSON.stringify(expected.terminated)]);
}

/** Names the first difference of two checkpoints. */
function describeFiles(got, expected) {
  const [one, other] = [got, expected].map((bytes) => library.readSafetensors(bytes));
  const faults = [];
  for (const key of Object.keys(other.metadata)) {
    if (one.metadata[key] !== other.metadata[key])
      faults.push(`${key}: expected\n  ${other.metadata[key]}\ngot\n  ${one.metadata[key]}`);
  }
  other.tensors.forEach(({ name, data }, i) => {
    const differ = [...data].filter((value, j) => !Object.is(value, one.tensors[i]?.data[j])).length;
    if (differ > 0) faults.push(`${name}: ${differ} of ${data.length} numbers`);
  });
  return `the last checkpoints differ: ${faults.join('\n')}`;
}
