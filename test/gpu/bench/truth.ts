// What everyone is checked against before anything is timed: the engine in f64.
//
// The trainer draws its own noise: its truth is the loss of its first step, with the engine's draw for
// the same key. brain.js trains another network in another way: its truth is in regression.ts.
import { random } from "@cotangent/autodiff";
import { type NamedArray, sigma } from "../../peers/src/arrays.ts";
import { numbersOf, programOf } from "../../peers/src/peers/cotangent.ts";
import { afterOneSample } from "../../peers/src/regression.ts";
import type { StepTask } from "../../peers/src/tasks.ts";
import type { Column } from "./columns.ts";
import { trainerKey } from "./own/peer.ts";

type Arrays = readonly ArrayLike<number>[];

/** Results of a task by column, each computed once. */
export function truthOf(task: StepTask, arrays: readonly NamedArray[]): (column: Column) => Arrays {
  const step = lazily(() => evaluate(task, arrays));
  const trainer = lazily(() => evaluate(task, withDrawnNoise(task, arrays)).slice(0, 1));
  const brain = lazily(() => afterOneSample(arrays));
  return ({ way }) => (way === "trainer" ? trainer() : way === "brain.js" ? brain() : step());
}

function evaluate(task: StepTask, arrays: readonly NamedArray[]): Arrays {
  const { f, args } = programOf(task, arrays, "f64");
  return numbersOf(f(...args));
}

function withDrawnNoise({ sizes }: StepTask, arrays: readonly NamedArray[]): NamedArray[] {
  const [d, , batch] = sizes;
  const epsilon = random.normal(random.foldIn(trainerKey, 0), [batch, d], { dtype: "f32" });
  const data = Float32Array.from(epsilon.data, (e) => sigma * e);
  return arrays.map((array) => (array.name === "delta" ? { ...array, data } : array));
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
