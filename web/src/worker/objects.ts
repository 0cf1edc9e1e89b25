/** Objects that one end keeps and the other one uses: the list of kept ones, and their stand-ins at the other end. */
import { read, comparable } from './properties.js';
import type { FarId, OwnId } from './protocol.js';

export type State = Record<string, unknown>;

/** An object or function that this end keeps for the other one. */
export interface Kept {
  id: OwnId;
  value: object;
  /** How often it was sent, less the times that the other end said it has forgotten. */
  times: number;
  /** The properties of an object as the other end knows them. */
  state: Map<string, unknown>;
  /** The object that it came from: of an iterator its model, because that changes with every step. */
  origin: Kept | undefined;
}

/** Everything that this end keeps, by the numbers that it gave. */
export class Keeper {
  #nextId = 0;
  readonly #byId = new Map<OwnId, Kept>();
  readonly #byValue = new Map<object, Kept>();

  /** A number that nothing else has. The first one is 0. */
  newId(): OwnId {
    return this.#nextId++ as OwnId;
  }

  /** Keeps `value` for the other end to call; one that is kept already keeps its number. */
  keep(value: object, origin?: Kept): Kept {
    const known = this.#byValue.get(value);
    if (known) {
      ++known.times;
      return known;
    }
    const kept: Kept = { id: this.newId(), value, times: 1, state: new Map(), origin };
    this.#byId.set(kept.id, kept);
    this.#byValue.set(value, kept);
    return kept;
  }

  get(id: OwnId): Kept | undefined {
    return this.#byId.get(id);
  }

  /** Called when the other end has forgotten it so often; returns the object if it is not kept any more. */
  release(id: OwnId, times: number): object | undefined {
    const kept = this.#byId.get(id);
    if (!kept || (kept.times -= times) > 0) return undefined;
    this.#byId.delete(id);
    this.#byValue.delete(kept.value);
    return kept.value;
  }

  clear(): void {
    this.#byId.clear();
    this.#byValue.clear();
  }
}

/** Properties of a kept object that have changed since the other end was told; taken as told from now on. */
export function changesOf({ value, state }: Kept): State {
  const changes: State = {};
  for (const [name, known] of state) {
    const content = read(value, name);
    const now = comparable(content);
    if (Object.is(now, known)) continue;
    state.set(name, now);
    changes[name] = content;
  }
  return changes;
}

/** The object at the other end that a stand-in here stands for. */
export interface Far {
  id: FarId;
  /** How often it was received. */
  times: number;
  /** Its properties as of the last message. */
  state: State;
  /** Number of the worker that has it, of those that the channel had one after the other. */
  era: number;
}

/** Stand-ins: objects here for those that the other end keeps, which is told when one is collected. */
export class StandIns {
  /** Number of the present worker. */
  era = 0;
  readonly #far = new WeakMap<object, Far>();
  readonly #byId = new Map<FarId, WeakRef<object>>();
  readonly #forgotten: FinalizationRegistry<Far>;

  /** @param free is called with each object whose stand-in was collected. */
  constructor(free: (far: Far) => void) {
    this.#forgotten = new FinalizationRegistry((far) => {
      if (far.era !== this.era) return;
      if (this.#byId.get(far.id)?.deref() === undefined) this.#byId.delete(far.id);
      free(far);
    });
  }

  of(object: object): Far | undefined {
    return this.#far.get(object);
  }

  /** The present stand-in of the object with this number. */
  find(id: FarId): object | undefined {
    return this.#byId.get(id)?.deref();
  }

  /** Makes `object` stand for what the other end keeps under `id`. */
  add(object: object, id: FarId, state: State = {}): Far {
    const far: Far = { id, times: 1, state, era: this.era };
    this.#far.set(object, far);
    this.#byId.set(id, new WeakRef(object));
    this.#forgotten.register(object, far, object);
    return far;
  }

  /** Lets `object` stand for the object that `other` stood for until now. */
  replace(object: object, other: object): void {
    const [far, { id, times, state, era }] = [this.#far.get(object)!, this.#far.get(other)!];
    Object.assign(far.state, state);
    Object.assign(far, { id, times, era });
    this.#forgotten.unregister(other);
    this.#far.delete(other);
    this.#byId.set(id, new WeakRef(object));
  }

  /** Begins the era of the next worker, which takes the place of one that is gone. */
  nextEra(): void {
    ++this.era;
    this.#byId.clear();
  }
}
