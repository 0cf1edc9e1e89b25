/** The network and its training as they were before each press that made it learn, so that the press can be undone. */
import type { Portion } from './attempt.js';
import type { KeptRun } from './kept-runs.js';

/** The page before a press. */
export interface Before {
  /** The amount that the press made the network learn. */
  portion: Portion;
  /** Undefined where the visitor had no network yet. */
  kept: KeptRun | undefined;
}

/** The newest stays in any case, however large its network is. */
const BYTES_AT_MOST = 64 * 2 ** 20;
const PRESSES_AT_MOST = 100;

export class UndoStack {
  #befores: Before[] = [];
  #bytes = 0;

  /** The amount that the last press made it learn; undefined where there is nothing to undo. */
  get last(): Portion | undefined {
    return this.#befores.at(-1)?.portion;
  }

  push(portion: Portion, kept: KeptRun | undefined): void {
    this.#befores.push({ portion, kept });
    this.#bytes += sizeOf(kept);
    while (this.#befores.length > 1 && (this.#befores.length > PRESSES_AT_MOST || this.#bytes > BYTES_AT_MOST)) {
      this.#bytes -= sizeOf(this.#befores.shift()!.kept);
    }
  }

  /** Puts what was there before the first press below it; false where there is no press, or that is known already. */
  underlay(kept: KeptRun): boolean {
    const first = this.#befores[0];
    if (!first || first.kept) return false;
    this.#befores[0] = { ...first, kept };
    this.#bytes += sizeOf(kept);
    return true;
  }

  pop(): Before | undefined {
    const before = this.#befores.pop();
    this.#bytes -= sizeOf(before?.kept);
    return before;
  }

  clear(): void {
    this.#befores = [];
    this.#bytes = 0;
  }
}

function sizeOf(kept: KeptRun | undefined): number {
  return kept?.checkpoint.length ?? 0;
}
