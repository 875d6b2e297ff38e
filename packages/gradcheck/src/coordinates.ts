// Trees as flat vectors and back: the differentiable leaves end to end, the others kept as they are.
//
//   read(unflatten(slices of x)) = x
//
// Numbers, Float64Array, Float32Array and float tensors are differentiable; integers and booleans are
// fixed. For plain functions a list of numbers is one leaf, and may stand for a typed array.
import { type Shape, type Structure, Tensor, tree } from "@cotangent/autodiff/functions";
import { flattenWithPaths, leafTensor } from "@cotangent/autodiff/testing";
import { messageOf, StructureError, unlike } from "./errors.ts";
import type { Failure } from "./report.ts";
import type { Vector } from "./vector.ts";

/** One leaf among a vector's coordinates: its elements lie from `offset`, row-major. */
export interface LeafLayout {
  /** Where it is in its tree: `[0].weight` is the weight of the first argument; "" for a lone result. */
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: "f64" | "f32";
  readonly offset: number;
}

type Leaf = Parameters<typeof leafTensor>[0];
class NumberList extends Float64Array {}

/** Lists of numbers as one leaf each; null, where there is no cotangent, is zero; a forgotten result is none. */
function pack(part: unknown): unknown {
  if (part === null) return 0;
  if (part === undefined) return Number.NaN;
  if (Array.isArray(part))
    return part.every((x) => typeof x === "number") ? NumberList.from(part) : part.map(pack);
  if (Object.getPrototypeOf(part) !== Object.prototype) return part;
  return Object.fromEntries(Object.entries(part).map(([key, child]) => [key, pack(child)]));
}

/** How many elements a shape has. */
export const lengthOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);
/** Whether something has a float dtype, and so a derivative. */
export const isFloat = <T extends { readonly dtype: string }>(
  x: T,
): x is T & { readonly dtype: "f64" | "f32" } => x.dtype === "f64" || x.dtype === "f32";
const show = (structure: Structure) => JSON.stringify(structure).replaceAll("null", "*");

/** Which leaf, path and index each flat coordinate is. */
export class Coordinates {
  readonly leaves: readonly LeafLayout[];
  readonly size: number;
  readonly #all: readonly Leaf[];
  readonly #layouts: readonly (LeafLayout | null)[];
  readonly #originals: readonly Leaf[];
  readonly #structure: Structure;
  readonly #isPlain: boolean;

  /** `parts` is a list of trees, with the path of each. */
  constructor(parts: readonly unknown[], root: (position: number) => string, isPlain: boolean) {
    this.#isPlain = isPlain;
    const { leaves, paths, structure } = this.#flatten(parts);
    let size = 0;
    this.#all = leaves;
    this.#structure = structure;
    this.#layouts = leaves.map((leaf, i) => {
      const tensor = leafTensor(leaf);
      if (!isFloat(tensor)) return null;
      const { shape, dtype } = tensor;
      const path = paths[i]!.replace(/^\[(\d+)\]/, (_, position) => root(Number(position)));
      const layout = { path, shape, dtype, offset: size };
      size += lengthOf(shape);
      return layout;
    });
    this.leaves = this.#layouts.filter((layout) => layout !== null);
    this.#originals = leaves.filter((_, i) => this.#layouts[i]);
    this.size = size;
  }

  #flatten(parts: readonly unknown[]) {
    try {
      return flattenWithPaths(this.#isPlain ? parts.map(pack) : parts);
    } catch (error) {
      if (error instanceof RangeError)
        throw unlike`a tree holds itself, or is thousands of levels deep; expected lists and objects that end in numbers or tensors`;
      throw new StructureError(messageOf(error).replace(/^tree: /, ""));
    }
  }

  #leafOf(coordinate: number): LeafLayout {
    return this.leaves.findLast(({ offset }) => offset <= coordinate)!;
  }

  /** What reports say of a coordinate. */
  where(input: number): Pick<Failure, "what" | "coordinate" | "leaf" | "input"> {
    const coordinate = this.describe(input);
    return { what: coordinate, coordinate, leaf: this.#leafOf(input).path, input };
  }

  /** `[0].weight[3, 2]` */
  describe(coordinate: number): string {
    const { path, shape, offset } = this.#leafOf(coordinate);
    let rest = coordinate - offset;
    const index = shape.toReversed().map((length) => {
      const i = rest % length;
      rest = (rest - i) / length;
      return i;
    });
    return shape.length === 0 ? path : `${path}[${index.reverse().join(", ")}]`;
  }

  /** The part of a flat vector that each leaf has. */
  slices(x: Vector): Vector[] {
    return this.leaves.map(({ offset, shape }) => x.subarray(offset, offset + lengthOf(shape)));
  }

  tensors(x: Vector, dtype: "f64" | "f32" = "f64"): Tensor[] {
    const array = dtype === "f64" ? Float64Array : Float32Array;
    return this.slices(x).map(
      (data, i) => new Tensor(this.leaves[i]!.shape, dtype, new array(data)),
    );
  }

  /** The list of trees with `values` for the differentiable leaves; the fixed ones are copied. */
  unflatten(values: readonly unknown[]): unknown[] {
    let next = 0;
    const filled = this.#all.map((leaf, i) => {
      if (this.#layouts[i]) return values[next++];
      return ArrayBuffer.isView(leaf) ? leaf.slice() : leaf;
    });
    return tree.unflatten(this.#structure, filled) as unknown[];
  }

  /** The list of trees with the leaves' own kinds: number for number, list for list, f32 for f32. */
  build(x: Vector): unknown[] {
    const values = this.slices(x).map((data, i) => {
      const [leaf, { shape, dtype }] = [this.#originals[i], this.leaves[i]!];
      if (typeof leaf === "number") return data[0];
      if (leaf instanceof NumberList) return Array.from(data);
      const copy = dtype === "f32" ? new Float32Array(data) : new Float64Array(data);
      return leaf instanceof Tensor ? new Tensor(shape, dtype, copy) : copy;
    });
    return this.unflatten(values);
  }

  /** The coordinates of a list of trees like this one. Throws a StructureError where it is unlike. */
  read(parts: readonly unknown[], role: string): Vector {
    const { leaves, structure } = this.#flatten(parts);
    if (show(structure) !== show(this.#structure))
      throw unlike`${role} has the structure ${show(structure)}, expected ${show(this.#structure)}`;
    const given = leaves.filter((_, i) => this.#layouts[i]);
    const isWeak = (leaf: Leaf) => typeof leaf === "number" || leaf instanceof NumberList;
    const dtypes = this.leaves.map(({ dtype }, i) =>
      isWeak(given[i]!) || isWeak(this.#originals[i]!) ? null : dtype,
    );
    return this.join(given, role, dtypes);
  }

  /** The coordinates of the differentiable leaves alone, of the given dtypes or any. */
  join(given: readonly Leaf[], role: string, dtypes: readonly (string | null)[] = []): Vector {
    const x = new Float64Array(this.size);
    this.leaves.forEach(({ path, shape: expected, offset }, i) => {
      const { shape, dtype, data } = leafTensor(given[i]!);
      if (dtype !== (dtypes[i] ?? dtype))
        throw unlike`${role} has dtype ${dtype} at ${path}, expected ${dtypes[i]}`;
      const hint = missingSum(shape, expected);
      if (String(shape) !== String(expected))
        throw unlike`${role} has shape [${shape}] at ${path}, expected [${expected}]${hint}`;
      x.set(data, offset);
    });
    return x;
  }
}

/** What to say of a cotangent that has the shape its argument was broadcast to. */
function missingSum(got: Shape, expected: Shape): string {
  const front = got.length - expected.length;
  const axes = got.flatMap((length, axis) =>
    axis < front || (expected[axis - front] === 1 && length !== 1) ? [axis] : [],
  );
  const rest = got.slice(Math.max(front, 0));
  const fits = expected.every((length, axis) => length === rest[axis] || length === 1);
  if (front < 0 || axes.length === 0 || !fits) return "";
  return `; the sum over the broadcast axis ${axes.join(", ")} is missing`;
}
