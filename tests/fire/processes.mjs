// Fresh processes, in which a training goes on that another process began.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const FRESH = fileURLToPath(new URL('fresh.mjs', import.meta.url));

/** A process of its own for trainings to go on in, each in an instance of the package of its own. */
export class Fresh {
  #child = fork(FRESH, [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  #waiting = new Map();
  #nextId = 0;
  /** Trainings that went on there. */
  jobs = 0;

  constructor() {
    this.#child.on('message', ({ id, result, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) reject(new Error(`in a fresh process: ${error}`));
      else resolve(result);
    });
    this.#child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`a fresh process ended: ${code ?? signal}`));
    });
  }

  /** See `leg` in trainings.mjs; `job` names the training by its seed. */
  leg(job) {
    ++this.jobs;
    const id = ++this.#nextId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, ...job });
    });
  }

  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }
}
