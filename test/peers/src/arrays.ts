// Named f32 arrays: the weights and inputs that every implementation of a task gets, bit for bit.
//
//   file = the arrays' little-endian f32 numbers, one after another; names and shapes travel beside it
//
// A file, since it is read in two languages and the largest step has a million numbers.
import { readFileSync, writeFileSync } from "node:fs";
import type { StepTask, Task } from "./tasks.ts";

export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** What stands in a file of arrays. */
export interface Layout {
  readonly path: string;
  readonly arrays: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export function writeArrays(path: string, arrays: readonly NamedArray[]): Layout {
  const bytes = arrays.map(({ data }) =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  );
  writeFileSync(path, Buffer.concat(bytes));
  return { path, arrays: arrays.map(({ name, shape }) => ({ name, shape })) };
}

export function readArrays({ path, arrays }: Layout): NamedArray[] {
  const bytes = readFileSync(path);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  let at = 0;
  return arrays.map(({ name, shape }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    const data = all.slice(at, at + size);
    at += size;
    return { name, shape, data };
  });
}

/** The array called `name`; throws if it is not among these. */
export function arrayOf(arrays: readonly NamedArray[], name: string): NamedArray {
  const found = arrays.find((array) => array.name === name);
  if (found) return found;
  throw new Error(`bench: expected an array ${name}, got ${arrays.map((a) => a.name).join(", ")}`);
}

/** Names of a step's parameters, in the order in which gradients are returned. */
export const parameterNames: readonly string[] = ["w1", "b1", "w2", "b2", "w3", "b3"];

/** The noise of denoising steps, in data units. */
export const sigma = 0.5;

/** The arrays of a task, the same on every machine. */
export function inputsOf(task: Task): NamedArray[] {
  const random = generator(20_261_122);
  const normals = (name: string, shape: readonly number[], scale = 1): NamedArray =>
    filled(name, shape, () => scale * random.normal());
  if (task.kind === "matmul") {
    const shape = [task.n, task.n];
    return [normals("a", shape), normals("b", shape)];
  }
  if (task.kind === "chain") return [normals("x", [task.n])];
  return stepInputs(task, normals, (name, shape) => filled(name, shape, random.sign));
}

type Draw = (name: string, shape: readonly number[], scale?: number) => NamedArray;

function stepInputs({ sizes, projections }: StepTask, normals: Draw, signs: Draw): NamedArray[] {
  const [d, hidden, batch] = sizes;
  return [
    normals("w1", [d, hidden], 1 / Math.sqrt(d)),
    normals("b1", [hidden], 0.1),
    normals("w2", [hidden, hidden], 1 / Math.sqrt(hidden)),
    normals("b2", [hidden], 0.1),
    normals("w3", [hidden, d], 1 / Math.sqrt(hidden)),
    normals("b3", [d], 0.1),
    normals("x", [batch, d]),
    normals("delta", [batch, d], sigma),
    signs("v", [projections, batch, d]),
  ];
}

function filled(name: string, shape: readonly number[], draw: () => number): NamedArray {
  const size = shape.reduce((product, length) => product * length, 1);
  return { name, shape, data: Float32Array.from({ length: size }, draw) };
}

/** A small generator of its own (mulberry32 and Box–Muller): data only, the engine's is under test. */
function generator(seed: number): { normal: () => number; sign: () => number } {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    sign: () => (uniform() < 0.5 ? -1 : 1),
  };
}
