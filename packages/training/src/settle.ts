/**
 * Waiting, in code that is written once for engines that answer at once and for those that promise to:
 *
 *   const loss = yield* settle(engine's answer)
 *
 * yields nothing when the answer is there, and else the promise, to be driven on with what it resolves
 * to. Called by fit-loop.ts and validation.ts; fit.ts drives.
 */

/** What a driver has to wait for. */
export interface Pending {
  readonly pending: PromiseLike<unknown>;
}

/** `value`, or what it resolves to. */
export function* settle<T>(value: T | PromiseLike<T>): Generator<Pending, T, unknown> {
  return isPromise(value) ? ((yield { pending: value }) as T) : value;
}

/** f(value), or a promise of it. */
export function after<T, U>(value: T | PromiseLike<T>, f: (value: T) => U): U | PromiseLike<U> {
  return isPromise(value) ? value.then(f) : f(value);
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
}
