/** Abort signals across a channel: those of this end that were sent, and stand-ins for those of the other end. */
import type { FarId, OwnId } from './protocol.js';

/** Sends the other end what becomes of a signal. */
export interface SignalSender {
  newId(): OwnId;
  aborted(id: OwnId, signal: AbortSignal): void;
  /** Called when a signal was collected, so that it cannot abort any more. */
  forgotten(id: OwnId): void;
}

export class Signals {
  readonly #sender: SignalSender;
  /** The object that marks the present worker: signals that were sent to another one are not reported. */
  #era = {};
  #sent = new WeakMap<AbortSignal, OwnId>();
  readonly #standIns = new Map<FarId, AbortController>();
  readonly #forgotten = new FinalizationRegistry<{ id: OwnId; era: object }>(({ id, era }) => {
    if (era === this.#era) this.#sender.forgotten(id);
  });

  constructor(sender: SignalSender) {
    this.#sender = sender;
  }

  /** Listens to a signal of this end, once for all the times that it is sent; returns its number. */
  watch(signal: AbortSignal): OwnId {
    const known = this.#sent.get(signal);
    if (known !== undefined) return known;
    const id = this.#sender.newId();
    const era = this.#era;
    this.#sent.set(signal, id);
    this.#forgotten.register(signal, { id, era });
    const onAbort = ({ currentTarget }: Event) => {
      if (era === this.#era) this.#sender.aborted(id, currentTarget as AbortSignal);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return id;
  }

  /** The controller of the stand-in for a signal of the other end; a new one where it comes for the first time. */
  standIn(id: FarId): AbortController {
    let controller = this.#standIns.get(id);
    if (!controller) this.#standIns.set(id, (controller = new AbortController()));
    return controller;
  }

  /** The controller of the stand-in for a signal of the other end, if that has come and was not forgotten. */
  find(id: FarId): AbortController | undefined {
    return this.#standIns.get(id);
  }

  forget(id: FarId): void {
    this.#standIns.delete(id);
  }

  /** Begins anew, with a worker that knows no signals yet. */
  nextEra(): void {
    this.#era = {};
    this.#sent = new WeakMap();
    this.#standIns.clear();
  }
}
