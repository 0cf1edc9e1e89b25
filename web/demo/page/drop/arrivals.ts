/** Files that were dropped, handed to the view that they are for: at once, or when it has been loaded. */
type Take = (files: readonly File[]) => void;

export class Arrivals {
  readonly #takers = new Map<string, Take>();
  readonly #waiting = new Map<string, readonly File[]>();

  /** From now on `take` gets the files for a view, and now those that wait. */
  on(view: string, take: Take): void {
    this.#takers.set(view, take);
    const waiting = this.#waiting.get(view);
    this.#waiting.delete(view);
    if (waiting) take(waiting);
  }

  give(view: string, files: readonly File[]): void {
    const take = this.#takers.get(view);
    if (take) take(files);
    else this.#waiting.set(view, files);
  }
}
