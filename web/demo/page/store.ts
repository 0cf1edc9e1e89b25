/** One typed object shared by the whole page. A part of the page subscribes to the properties it shows. */
export class Store<State extends object> {
  #state: State;
  readonly #listeners = new Map<keyof State, Set<() => void>>();

  constructor(initial: State) {
    this.#state = initial;
  }

  get state(): Readonly<State> {
    return this.#state;
  }

  /** Replaces some properties, then calls every listener of a property that changed, once. */
  set(patch: Partial<State>): void {
    const changed = (Object.keys(patch) as (keyof State)[]).filter((key) => patch[key] !== this.#state[key]);
    if (changed.length === 0) return;
    this.#state = { ...this.#state, ...patch };
    const due = new Set<() => void>();
    for (const key of changed) this.#listeners.get(key)?.forEach((listener) => due.add(listener));
    due.forEach((listener) => listener());
  }

  /** Calls `listener` now, and again whenever one of `keys` changes. */
  on(keys: readonly (keyof State)[], listener: () => void): void {
    for (const key of keys) {
      const listeners = this.#listeners.get(key) ?? new Set();
      this.#listeners.set(key, listeners.add(listener));
    }
    listener();
  }
}
