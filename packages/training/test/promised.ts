/** The interpreter behind promises: an engine that answers later and computes the very same. */
import type { Tree } from "@cotangent/autodiff";
import { type AsyncEngine, interpreter, keepState } from "@cotangent/training";

const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Takes `stepsPerCall` steps a call and keeps the state outside, as engines do by default. */
export function promised(stepsPerCall?: number): AsyncEngine {
  return {
    name: "promised",
    ...(stepsPerCall === undefined ? {} : { stepsPerCall }),
    compile:
      (f) =>
      async (...args) => {
        await later();
        return f(...args);
      },
  };
}

/** The same with the state inside; `calls` gets the number of steps of each call. */
export function counting(stepsPerCall: number, calls: number[]): AsyncEngine {
  return {
    ...promised(stepsPerCall),
    resident(step, initial) {
      const kept = keepState(interpreter, step, initial);
      return {
        async run(...rest) {
          calls.push((rest[0] as readonly Tree[]).length);
          await later();
          return kept.run(...rest);
        },
        state: async () => kept.state(),
      };
    },
  };
}
