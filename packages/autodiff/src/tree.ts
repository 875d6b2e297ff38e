// Trees: nested arrays and plain objects whose leaves are tensors or numbers (JAX: pytrees).
//
//   flatten(tree) = { leaves, structure },  unflatten(structure, leaves) = tree
//
// Parameters are trees, and every transformation maps trees to trees. Keys of objects are visited in
// sorted order, so that { a, b } and { b, a } are one structure.
import { dtypeOf, type TypedArray } from "./array.ts";
import { scalar } from "./primitives/cast.ts";
import { Tensor, type TensorLike } from "./tensor.ts";

export type Leaf = TensorLike | TypedArray;
export type Tree = Leaf | readonly Tree[] | { readonly [key: string]: Tree };

/** What is left of a tree when its leaves are taken out; null stands for a leaf. */
export type Structure = null | readonly Structure[] | { readonly [key: string]: Structure };

/** The tree type with every number replaced by a tensor: what comes out of a transformation. */
export type Tensors<T> = T extends Tensor
  ? Tensor
  : T extends number | boolean | TypedArray
    ? Tensor
    : { readonly [K in keyof T]: Tensors<T[K]> };

/** The tree type with numbers allowed for tensors: what goes into one. */
export type TensorsLike<T> = T extends Tensor | number | boolean
  ? Leaf
  : { readonly [K in keyof T]: TensorsLike<T[K]> };

export const isLeaf = (value: unknown): value is Leaf =>
  value instanceof Tensor ||
  typeof value === "number" ||
  typeof value === "boolean" ||
  ArrayBuffer.isView(value);

/** A leaf as a tensor. */
export function leafTensor(leaf: Leaf): Tensor {
  if (leaf instanceof Tensor) return leaf;
  if (typeof leaf !== "object") return scalar(leaf, typeof leaf === "number" ? "f64" : "bool");
  const dtype = dtypeOf(leaf);
  if (!dtype)
    throw new TypeError(
      `tree: no dtype for a ${Object.prototype.toString.call(leaf).slice(8, -1)}; use Float64Array, Float32Array, Int32Array, Uint32Array or Uint8Array`,
    );
  return new Tensor([leaf.length], dtype, leaf);
}

function children(value: object, path: string): [string, unknown][] {
  if (Array.isArray(value)) return value.map((child, i) => [String(i), child]);
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(
      `tree: a ${value.constructor?.name ?? "object"} at ${path || "the root"} is neither a leaf nor a plain object`,
    );
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Leaves in order, each with its path such as `.layers[0].weight`. */
export function flattenWithPaths(
  tree: unknown,
  path = "",
): { leaves: Leaf[]; paths: string[]; structure: Structure } {
  if (isLeaf(tree)) return { leaves: [tree], paths: [path], structure: null };
  if (typeof tree !== "object" || tree === null)
    throw new TypeError(
      `tree: expected tensors, numbers, arrays or plain objects, got ${tree === null ? "null" : typeof tree} at ${path || "the root"}`,
    );
  const isArray = Array.isArray(tree);
  const parts = children(tree, path).map(
    ([key, child]) =>
      [key, flattenWithPaths(child, `${path}${isArray ? `[${key}]` : `.${key}`}`)] as const,
  );
  return {
    leaves: parts.flatMap(([, part]) => part.leaves),
    paths: parts.flatMap(([, part]) => part.paths),
    structure: isArray
      ? parts.map(([, part]) => part.structure)
      : Object.fromEntries(parts.map(([key, part]) => [key, part.structure])),
  };
}

/** The leaves of a tree as tensors, and the structure to put them back. */
export function flatten(tree: unknown): { leaves: Tensor[]; structure: Structure } {
  if (tree instanceof Tensor) return { leaves: [tree], structure: null };
  const { leaves, structure } = flattenWithPaths(tree);
  return { leaves: leaves.map(leafTensor), structure };
}

export const leaves = (tree: unknown): Tensor[] => flatten(tree).leaves;

/** The tree of the given structure with `values` as leaves, in order. */
export function unflatten<T>(structure: Structure, values: readonly T[]): unknown {
  let next = 0;
  const build = (part: Structure): unknown => {
    if (part === null) return values[next++];
    if (Array.isArray(part)) return part.map(build);
    return Object.fromEntries(
      Object.entries(part).map(([key, child]) => [key, build(child as Structure)]),
    );
  };
  const tree = build(structure);
  if (next !== values.length)
    throw new RangeError(`tree.unflatten: the structure has ${next} leaves, got ${values.length}`);
  return tree;
}

/** `[*, { w: * }]` */
export function formatStructure(structure: Structure): string {
  if (structure === null) return "*";
  if (Array.isArray(structure)) return `[${structure.map(formatStructure).join(", ")}]`;
  return `{ ${Object.entries(structure)
    .map(([key, child]) => `${key}: ${formatStructure(child as Structure)}`)
    .join(", ")} }`;
}

/** Throws unless two trees have one structure. */
export function checkSameStructure(
  operation: string,
  expected: Structure,
  got: Structure,
  role: string,
): void {
  const [a, b] = [formatStructure(expected), formatStructure(got)];
  if (a !== b)
    throw new TypeError(
      `${operation}: ${role} has structure ${b}, expected ${a}; trees must match leaf by leaf`,
    );
}

/** `f` applied leaf by leaf to one tree, or to several of the same structure. */
export function map<T>(
  f: (...leaves: Tensor[]) => unknown,
  tree: T,
  ...others: readonly unknown[]
): Tensors<T> {
  const { leaves: first, structure } = flatten(tree);
  const rest = others.map((other, i) => {
    const flat = flatten(other);
    checkSameStructure("tree.map", structure, flat.structure, `tree ${i + 2}`);
    return flat.leaves;
  });
  return unflatten(
    structure,
    first.map((leaf, i) => f(leaf, ...rest.map((list) => list[i] as Tensor))),
  ) as Tensors<T>;
}
