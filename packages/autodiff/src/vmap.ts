// vmap maps a function over an axis of its arguments, by running it once on whole batches.
//
//   vmap(f)(x)[i] = f(x[i])
//
// A tracer keeps the batched value with the batch as axis 0; f sees the shape without it.
import { normalizeAxis } from "./array.ts";
import { fail } from "./errors.ts";
import { bind, currentInterpreter, type Interpreter, withInterpreter } from "./interpreter.ts";
import type { Params, Primitive } from "./primitive.ts";
import { moveAxis, withBatch } from "./primitives/shape.ts";
import { Tensor } from "./tensor.ts";
import { type AnyFunction, Flat, type FlatFunction } from "./trace.ts";
import {
  type Arguments,
  flatten,
  formatStructure,
  partsOf,
  type Structure,
  type Tensors,
  type TensorsLike,
  unflatten,
} from "./tree.ts";

class Batches implements Interpreter {
  readonly name = "vmap";
  readonly size: number;
  readonly #outer: Interpreter = currentInterpreter();

  constructor(size: number) {
    this.size = size;
  }

  isMapped = (x: Tensor): boolean => x.interpreter === this;
  whole = (x: Tensor): Tensor => (this.isMapped(x) ? (x.payload as Tensor) : x);
  member = (x: Tensor): Tensor => new Tensor(x.shape.slice(1), x.dtype, x, this);

  process(primitive: Primitive, inputs: readonly Tensor[], params: Params): readonly Tensor[] {
    const mapped = inputs.map(this.isMapped);
    return withInterpreter(this.#outer, () => {
      if (!mapped.includes(true)) return bind(primitive, inputs, params);
      return primitive.batch(inputs.map(this.whole), mapped, this.size, params).map(this.member);
    });
  }

  reveal(tracer: Tensor): never {
    throw fail`vmap: ${tracer} stands for ${this.size} values at once, so no single value is known; choose with where(), or loop in JavaScript`;
  }
}

interface Mapped {
  readonly values: Tensor[];
  readonly mapped: boolean[];
}

/** A flat function over the batch at axis 0 of its mapped inputs; outputs may be shared too. */
function mapBatches(
  f: FlatFunction,
  inputs: readonly Tensor[],
  mapped: readonly boolean[],
  size: number,
): Mapped {
  const batches = new Batches(size);
  const members = inputs.map((x, i) => (mapped[i] ? batches.member(x) : x));
  const outputs = withInterpreter(batches, () => f(members));
  return { values: outputs.map(batches.whole), mapped: outputs.map(batches.isMapped) };
}

/** The same with every output mapped. */
export function vmapFlat(
  f: FlatFunction,
  inputs: readonly Tensor[],
  mapped: readonly boolean[],
  size: number,
): Tensor[] {
  const y = mapBatches(f, inputs, mapped, size);
  return y.values.map((value, i) => withBatch(value, y.mapped[i], size));
}

/** An axis to map, null for none, or a tree of them that is a prefix of the argument's tree. */
export type MapAxes = number | null | readonly MapAxes[] | { readonly [key: string]: MapAxes };

/** The axis for each leaf of a structure. */
function spreadAxes(role: string, axes: MapAxes, structure: Structure): (number | null)[] {
  const given = Object(axes) === axes ? (axes as Record<string, MapAxes>) : undefined;
  if (structure === null && !given) return [axes as number | null];
  const parts = partsOf(structure ?? {});
  const fits =
    !given || (Object.keys(given).length === parts.length && parts.every(([key]) => key in given));
  if (structure === null || !fits)
    throw fail`vmap: ${role} ${JSON.stringify(axes)} do not fit the tree ${formatStructure(structure)}; expected one axis, null, or a tree of axes like it`;
  return parts.flatMap(([key, part]) => spreadAxes(role, given ? given[key]! : axes, part));
}

/**
 * `f` mapped over `inAxes` of its arguments; results are stacked along `outAxes`.
 *
 * inAxes: one axis for all arguments, or a list with one entry an argument; null shares it. Throws when
 * nothing is mapped or when sizes differ.
 */
export function vmap<A extends Arguments, R>(
  f: (...args: A) => R,
  inAxes: MapAxes = 0,
  outAxes: MapAxes = 0,
): (...args: TensorsLike<A>) => Tensors<R> {
  return (...args) => {
    const { leaves, structure } = flatten(args);
    const axes = spreadAxes("inAxes", inAxes, structure).map((axis, i) =>
      axis === null
        ? null
        : normalizeAxis(`vmap: leaf ${i} of the arguments`, axis, leaves[i]!.shape.length),
    );
    const sizes = axes.flatMap((axis, i) => (axis === null ? [] : [leaves[i]!.shape[axis]!]));
    if (new Set(sizes).size !== 1)
      throw fail`vmap: expected one size along the mapped axes, got ${sizes.length ? sizes : "no mapped axis"} from ${leaves} over inAxes ${axes.map(String)}`;
    const flat = new Flat("vmap", f as AnyFunction, structure);
    const inputs = leaves.map((x, i) => (axes[i] === null ? x : moveAxis(x, axes[i]!, 0)));
    const y = mapBatches(
      flat.run,
      inputs,
      axes.map((axis) => axis !== null),
      sizes[0]!,
    );
    const out = spreadAxes("outAxes", outAxes, flat.outTree);
    const placed = y.values.map((value, i) => {
      if (out[i] === null && !y.mapped[i]) return value;
      if (out[i] === null)
        throw fail`vmap: output ${i} depends on a mapped argument; expected an axis in outAxes, got null`;
      const whole = withBatch(value, y.mapped[i], sizes[0]!);
      return moveAxis(whole, 0, normalizeAxis("vmap: outAxes", out[i]!, whole.shape.length));
    });
    return unflatten(flat.outTree, placed) as Tensors<R>;
  };
}
