/** What calls from afar return. */

/**
 * What a call from afar returns: a promise, and where it is one of an iterator, that iterator too, whose
 * every `next()` asks the other end for one value.
 */
export class Answer extends Promise<unknown> implements AsyncIterator<unknown> {
  static override get [Symbol.species]() {
    return Promise;
  }

  async #iterator() {
    return (await this) as AsyncIterator<unknown>;
  }

  async next(value?: unknown): Promise<IteratorResult<unknown>> {
    return (await this.#iterator()).next(value);
  }

  async return(value?: unknown): Promise<IteratorResult<unknown>> {
    return (await this.#iterator()).return?.(value) ?? { done: true, value };
  }

  async throw(error?: unknown): Promise<IteratorResult<unknown>> {
    const iterator = await this.#iterator();
    if (iterator.throw) return iterator.throw(error);
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/**
 * The answer to a call whose last argument has an `output` to fill: that very array, once it is filled here
 * too.
 */
export function filling(options: unknown, answer: Promise<unknown>): Promise<unknown> {
  const output = (options as { output?: unknown } | null | undefined)?.output;
  if (!(output instanceof Float32Array) || output.length === 0) return answer; // or it was transferred
  return answer.then((result) => {
    output.set(result as Float32Array);
    return output;
  });
}
