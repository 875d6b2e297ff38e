// The type of every reference, derived from the kernels: a kernel without a reference does not compile.
import type * as kernels from "../kernels/index.ts";
import type { KernelText } from "../template.ts";
import type { Values } from "./values.ts";

type Kernels = typeof kernels;

/** The names of the functions that make kernels. */
export type KernelName = {
  [K in keyof Kernels]: Kernels[K] extends (options: never) => KernelText ? K : never;
}[keyof Kernels];

type Options<K extends KernelName> = Parameters<Kernels[K]>[0];
type InputsOf<T> = T extends KernelText<infer Input> ? Readonly<Record<Input, Values>> : never;

/** reference(options, inputs): a kernel's own options, and its inputs by name. */
export type References = {
  readonly [K in KernelName]: (
    options: Options<K>,
    inputs: InputsOf<ReturnType<Kernels[K]>>,
  ) => Float64Array;
};
