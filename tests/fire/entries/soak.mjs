// Much of the same, in a process of its own: models that are made, trained and disposed of, and workers that are started and
// ended. What the process holds is looked at after a third, when it is warm, and at the end: it must not have grown.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SOAKING = fileURLToPath(new URL('../soaking.mjs', import.meta.url));

/** V8's young generation may grow by steps of 8 MB whenever it likes, which would hide what is looked for: it is kept small. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=2'];

/** Bytes that may come on top by themselves: the collector has leisure, and the system's allocator keeps what it had. */
const marginRss = (count) => (count < 1000 ? 32 : 10) * 2 ** 20;
const MARGIN_HEAP = 2 * 2 ** 20;

/** How often the process is looked at after the first third of the rounds: a single high figure tells nothing. */
const looksOf = (count) => (count < 1000 ? 6 : 20);

/**
 * @param given.name `soak/rounds` or `soak/workers`
 * @param given.count how many
 * @returns what is to be said of it, and a sentence for each fault
 */
export async function run({ name, seed, count, log = () => {} }) {
  const looks = await soak(name.split('/')[1], seed, count, log);
  return { findings: saidOf(looks), faults: faultsOf(looks, count) };
}

function soak(what, seed, count, log) {
  const child = fork(SOAKING, [], { execArgv: FLAGS, serialization: 'advanced' });
  child.send({ what, seed, count, looks: looksOf(count) });
  return new Promise((resolve, reject) => {
    const looks = [];
    child.on('message', ({ look, done, error }) => {
      if (error) reject(new Error(error));
      if (look) {
        looks.push(look);
        log(`${what} ${look.round}: ${saidOf([look])}`);
      }
      if (done) {
        child.disconnect();
        resolve(looks);
      }
    });
    child.on('exit', (code, signal) => reject(new Error(`the process ended: ${code ?? signal}`)));
  });
}

/** The lowest of some looks: what the process really needs, without what is about to be collected. */
const least = (looks, figure) => Math.min(...looks.map((look) => look[figure]));

/** The looks of the first third and those of the last: what differs is what grew. */
const ends = (looks) => [looks.slice(0, Math.ceil(looks.length / 3)), looks.slice(-Math.ceil(looks.length / 3))];

function faultsOf(looks, count) {
  const [early, late] = ends(looks);
  const faults = [];
  const check = (figure, margin, say) => {
    const [before, after] = [least(early, figure), least(late, figure)];
    if (after > before + margin) faults.push(`${figure} grew from ${say(before)} to ${say(after)}`);
  };
  check('rss', marginRss(count), megabytes);
  check('jsHeap', MARGIN_HEAP, megabytes);
  check('outside', MARGIN_HEAP, megabytes);
  check('wasm', 0, megabytes);
  check('wasmTop', 0, String);
  for (const figure of ['handles', 'threads', 'files']) check(figure, 0, String);
  return faults;
}

function saidOf(looks) {
  const [early, late] = ends(looks);
  const both = (figure, say) => {
    const [before, after] = [least(early, figure), least(late, figure)];
    return before === after || looks.length === 1 ? say(after) : `${say(before)} → ${say(after)}`;
  };
  return (
    `memory of the process ${both('rss', megabytes)}, JavaScript's ${both('jsHeap', megabytes)}, wasm ` +
    `${both('wasm', megabytes)} (in use below ${both('wasmTop', String)}), handles ${both('handles', String)}, ` +
    `threads ${both('threads', String)}, open files ${both('files', String)}`
  );
}

const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MB`;
