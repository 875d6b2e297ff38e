// Debug mode: which equation made the first NaN, and which source line an equation came from.
//
// Off by default, since looking at every element and capturing stacks are slow.

export interface DebugOptions {
  /** Throw at the first equation whose output has a NaN although no input has one. */
  readonly nans?: boolean;
  /** Record the user's source line with each traced equation. */
  readonly sources?: boolean;
}

let options: DebugOptions = {};
export const debugOptions = (): DebugOptions => options;

/** Runs `f` with debugging on; nested calls add their options. */
export function debug<R>(wanted: DebugOptions, f: () => R): R {
  const previous = options;
  options = { ...previous, ...wanted };
  try {
    return f();
  } finally {
    options = previous;
  }
}

const here = /autodiff[\\/](src|dist)[\\/]/;

/** The innermost stack frame outside this package, or undefined when sources are off. */
export function callerSource(): string | undefined {
  if (!options.sources) return undefined;
  // Ten frames, V8's default, are all the engine's own inside of nested transformations.
  const errors: { stackTraceLimit?: number } = Error;
  const limit = errors.stackTraceLimit;
  errors.stackTraceLimit = 200;
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  if (limit !== undefined) errors.stackTraceLimit = limit;
  return frames.find((frame) => !here.test(frame))?.replace(/^\s*at /, "");
}
