/** Iterators across a channel, and the answers of calls, which may be iterators too. */
import { isFloat32Array, tagOf } from '../check/realm.js';

type AnyIterable = Iterable<unknown> | AsyncIterable<unknown>;

/** True for iterators: the other end gets one too, which asks for one value at a time. */
export function isIterator(value: object): value is Iterator<unknown> | AsyncIterator<unknown> {
  return isIterable(value) && typeof (value as { next?: unknown }).next === 'function';
}

/**
 * True if an object is iterated over rather than sent: a generator, an instance of a program's class, a stream; false
 * for arrays, maps and sets, because structured clone carries these.
 */
export function isIterable(value: object): value is AnyIterable {
  if (Symbol.asyncIterator in value) return true;
  return Symbol.iterator in value && /Object|Generator|Iterator/.test(tagOf(value));
}

export function openIterator(value: AnyIterable): object {
  return Symbol.asyncIterator in value ? value[Symbol.asyncIterator]() : value[Symbol.iterator]();
}

/** Methods of an iterator that are called from afar. */
export const ITERATOR_METHODS: readonly string[] = ['next', 'return', 'throw'];

/**
 * Result of a call to the other end: a promise. If it is a promise of an iterator it can be iterated over at once, and
 * each `next()` asks the other end for one value.
 */
export class Answer extends Promise<unknown> implements AsyncIterator<unknown> {
  /** Called when somebody listens to this answer, and so will hear of its error. */
  onHeard: (() => void) | undefined;

  static override get [Symbol.species]() {
    return Promise;
  }

  override then<Result = unknown, Otherwise = never>(
    onResult?: ((value: unknown) => Result | PromiseLike<Result>) | null,
    onError?: ((reason: unknown) => Otherwise | PromiseLike<Otherwise>) | null,
  ): Promise<Result | Otherwise> {
    this.onHeard?.();
    return super.then(onResult, onError);
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
 * The answer to a call whose last argument has an `output` to fill: that very array, once it is filled here too.
 */
export function filling(options: unknown, answer: Promise<unknown>): Promise<unknown> {
  const output = (options as { output?: unknown } | null | undefined)?.output;
  if (!isFloat32Array(output) || output.length === 0) return answer; // an array of length 0 was transferred
  return answer.then((result) => {
    output.set(result as Float32Array);
    return output;
  });
}
