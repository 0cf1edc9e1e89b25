// Trainings in a worker that is killed: in Node's threads and in a page's workers. Nothing here is Node's.
import { Random } from './random.mjs';
import { drawTraining, leg, turn } from './trainings.mjs';

/** How long a promise may take to settle, in milliseconds, however busy the machine is. */
const PATIENCE_MS = 60_000;

/** A rejected call may say only that it was the worker's end. */
const OF_THE_END = /^mlp-wasm: the worker (ended|could not be (started|replaced)|was terminated)/;

/**
 * Trains in a worker that is killed so often, and goes on each time, until the training is over.
 *
 * @param given.local the package here
 * @param given.connect that of `mlp-wasm/worker`
 * @param given.workers the workers that were started, the last one last, each with `sent` and `received`, the messages
 *   that it was sent and that came from it, and `kill()`
 * @returns what happened, for the table of results
 * @throws {Error} that says what did not settle or differs
 */
export async function trainAndKill({ local, connect, workers, seed }) {
  const random = new Random(seed, 5);
  const training = drawTraining(seed, { byMessage: true });
  const whole = await leg(local, training);
  whole.model.dispose();

  const done = { kills: 0, restarts: 0, replacements: 0, settled: 0, rejected: 0, told: [] };
  const settles = async (what, promise) => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} did not settle in ${PATIENCE_MS} ms`)), PATIENCE_MS);
    });
    try {
      const value = await Promise.race([promise, late]);
      ++done.settled;
      return { value };
    } catch (error) {
      if (!OF_THE_END.test(error.message)) throw new Error(`${what}: ${error.message}`, { cause: error });
      ++done.settled;
      ++done.rejected;
      return { error };
    } finally {
      clearTimeout(timer);
    }
  };

  let left = random.from(1, 3);
  /** Kills the present worker at a moment to come, and perhaps its successor as soon as that exists. */
  const arm = () => {
    if (left === 0) return () => {};
    --left;
    const worker = workers.at(-1);
    const by = random.pick(['sent', 'received', 'time', 'time']);
    const at = random.below(by === 'time' ? 60 : 40);
    const alsoSuccessor = random.chance(0.1);
    const { sent, received } = worker;
    const began = performance.now();
    let isOff = false;
    void (async () => {
      const soFar = {
        sent: () => worker.sent - sent,
        received: () => worker.received - received,
        time: () => performance.now() - began,
      };
      while (soFar[by]() < at) {
        await turn();
        if (isOff) return;
      }
      done.told.push(`${by} ${at}${alsoSuccessor ? ' and its successor' : ''}`);
      ++done.kills;
      worker.kill();
      if (!alsoSuccessor) return;
      const killed = performance.now();
      while (workers.at(-1) === worker) {
        await turn();
        if (performance.now() - killed > PATIENCE_MS) return;
      }
      ++done.kills;
      workers.at(-1).kill();
    })();
    return () => (isOff = true);
  };

  let restarts = 0;
  let mlp;
  let model;
  let bytes;
  try {
    for (let attempts = 0; ; ++attempts) {
      if (attempts > 20) throw new Error('it never came to its end');
      if (!mlp) {
        const options = { deterministic: true, onRestart: () => void ++restarts };
        mlp = (await settles('connect', connect(options))).value;
        model = undefined;
        continue;
      }
      const disarm = arm();
      const outcome = await attempt();
      disarm();
      const restarted = await settles('restarted', mlp.restarted);
      if (restarted.error) {
        // The successor was killed, too: this connection is over, and says so to everyone.
        const after = await settles('backend', mlp.backend());
        if (!after.error) throw new Error('a connection that could not be restarted answers');
        ++done.replacements;
        mlp.terminate();
        mlp = undefined;
        continue;
      }
      if (outcome) break;
    }
    if (bytes.length !== whole.bytes.length || bytes.some((byte, i) => byte !== whole.bytes[i]))
      throw new Error('the last checkpoint differs from that of the training that nobody disturbed');
  } catch (error) {
    const how = `${done.told.join(', ')}: ${JSON.stringify(training.described)}`;
    throw new Error(`training ${seed}, killed ${how}: ${error.message}`, { cause: error });
  } finally {
    mlp?.terminate();
  }
  done.restarts = restarts;
  return done;

  /** @returns whether the training came to its end. */
  async function attempt() {
    if (!model) {
      const built = await settles('to build', training.build(mlp));
      if (built.error) return false;
      model = built.value;
    }
    // Others who use the worker meanwhile: all that they are owed is that they hear of its end.
    const others = [
      settles('predict', model.predict(training.x)),
      settles('getWeights', model.getWeights()),
      settles('backend', mlp.backend()),
      (async () => {
        await turn();
        return settles('save', model.save());
      })(),
    ];
    const log = [];
    const last = {};
    const trained = await settles('fit', training.run(local, model, { log, last }));
    await Promise.all(others);
    if (trained.error) return false;
    const end = await settles('checkpoint', model.checkpoint());
    if (end.error) return false;
    bytes = end.value;
    const { value: history } = trained;
    for (const [name, values] of Object.entries(history.history)) {
      const expected = (whole.history.history[name] ?? []).slice(-values.length);
      if (values.some((value, i) => !Object.is(value, expected[i]))) throw new Error(`history: ${name} differs`);
    }
    return true;
  }
}
