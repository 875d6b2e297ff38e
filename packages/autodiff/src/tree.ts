// Trees: nested arrays and plain objects whose leaves are tensors or numbers (JAX: pytrees).
//
//   flatten(tree) = { leaves, structure },  unflatten(structure, leaves) = tree
//
// Parameters are trees, and every transformation maps trees to trees. Keys of objects are visited in
// sorted order, so that { a, b } and { b, a } are one structure.
import { type DType, dtypeOf, type TypedArray } from "./array.ts";
import { fail } from "./errors.ts";
import { scalar } from "./primitives/cast.ts";
import { Tensor, type TensorLike } from "./tensor.ts";

export type Leaf = TensorLike | TypedArray;
export type Tree = Leaf | readonly Tree[] | { readonly [key: string]: Tree };

/** The arguments of a function that is transformed. */
export type Arguments = readonly unknown[];

/** What is left of a tree when its leaves are taken out; null stands for a leaf. */
export type Structure = null | readonly Structure[] | { readonly [key: string]: Structure };

/** The tree type with every leaf a tensor: what comes out of a transformation. */
export type Tensors<T> = Tree extends T
  ? Tree
  : T extends Leaf
    ? Tensor
    : { readonly [K in keyof T]: Tensors<T[K]> };

/** The tree type with numbers allowed for tensors: what goes into one. */
export type TensorsLike<T> = Tree extends T
  ? Tree
  : T extends Leaf
    ? Leaf
    : { readonly [K in keyof T]: TensorsLike<T[K]> };

/** A leaf as a tensor; a number takes the given dtype. */
export function leafTensor(leaf: Leaf, dtype: DType = "f64"): Tensor {
  if (leaf instanceof Tensor) return leaf;
  if (typeof leaf === "object") return new Tensor([leaf.length], dtypeOf(leaf), leaf);
  return scalar(leaf, typeof leaf === "number" ? dtype : "bool");
}

const isLeaf = (value: unknown): value is Leaf =>
  value instanceof Tensor ||
  ArrayBuffer.isView(value) ||
  ["number", "boolean"].includes(typeof value);

/** Keys in the one order in which trees are visited; JavaScript itself moves whole numbers to the front. */
const sortedKeys = (node: object): string[] => Object.keys(node).sort();

/** The parts of a structure that is not a leaf, in order. */
export const partsOf = (structure: object): [string, Structure][] =>
  (Array.isArray(structure) ? Object.keys(structure) : sortedKeys(structure)).map((key) => [
    key,
    (structure as Record<string, Structure>)[key]!,
  ]);

/** Leaves in order, as they are, each with its path such as `.layers[0].weight`. */
export function flattenWithPaths(
  tree: unknown,
  path = "",
  what = "tree",
): { leaves: Leaf[]; paths: string[]; structure: Structure } {
  if (isLeaf(tree)) return { leaves: [tree], paths: [path], structure: null };
  const isArray = Array.isArray(tree);
  const prototype = Object(tree) === tree ? Object.getPrototypeOf(tree) : undefined;
  if (!isArray && prototype !== Object.prototype && prototype !== null)
    throw fail`${what}: got ${tree} at ${path || "the root"}, expected tensors, numbers, arrays or plain objects`;
  const keys = isArray ? [...tree.keys()] : sortedKeys(tree as object);
  const parts = keys.map((key) => {
    const child = (tree as Record<string, unknown>)[key];
    return flattenWithPaths(child, `${path}${isArray ? `[${key}]` : `.${key}`}`, what);
  });
  const structures = parts.map((part) => part.structure);
  return {
    leaves: parts.flatMap((part) => part.leaves),
    paths: parts.flatMap((part) => part.paths),
    structure: isArray
      ? structures
      : Object.fromEntries(keys.map((key, i) => [key, structures[i]!])),
  };
}

/** The leaves of a tree as tensors, and the structure to put them back. */
export function flatten(tree: unknown, what?: string): { leaves: Tensor[]; structure: Structure } {
  const { leaves, structure } = flattenWithPaths(tree, "", what);
  return { leaves: leaves.map((leaf) => leafTensor(leaf)), structure };
}
export const leaves = (tree: unknown): Tensor[] => flatten(tree).leaves;

/** The tree of the given structure with `values` as leaves, in order. */
export function unflatten<T>(structure: Structure, values: readonly T[]): unknown {
  let next = 0;
  const build = (part: Structure): unknown => {
    if (part === null) return values[next++];
    if (Array.isArray(part)) return part.map(build);
    return Object.fromEntries(partsOf(part).map(([key, child]) => [key, build(child)]));
  };
  const tree = build(structure);
  if (next === values.length) return tree;
  throw fail`tree.unflatten: the structure has ${next} leaves, got ${values.length}`;
}

/** `[*, { w: * }]` */
export function formatStructure(structure: Structure): string {
  if (structure === null) return "*";
  if (Array.isArray(structure)) return `[${structure.map(formatStructure).join(", ")}]`;
  const parts = partsOf(structure).map(([key, part]) => `${key}: ${formatStructure(part)}`);
  return `{ ${parts.join(", ")} }`;
}

/** Throws unless two trees have one structure. */
export function checkStructure(
  operation: string,
  role: string,
  expected: Structure,
  got: Structure,
): void {
  const [a, b] = [expected, got].map(formatStructure);
  if (a !== b)
    throw fail`${operation}: ${role} has structure ${b}, expected ${a}; trees must match leaf by leaf`;
}

/** `f` applied leaf by leaf to one tree, or to several of the same structure. */
export function map<T>(
  f: (...leaves: Tensor[]) => unknown,
  tree: T,
  ...others: readonly unknown[]
): Tensors<T> {
  const [first, ...rest] = [tree, ...others].map((each) => flatten(each));
  for (const other of rest) checkStructure("tree.map", "a tree", first!.structure, other.structure);
  const results = first!.leaves.map((leaf, i) => f(leaf, ...rest.map((other) => other.leaves[i]!)));
  return unflatten(first!.structure, results) as Tensors<T>;
}
