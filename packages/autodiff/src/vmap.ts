// vmap maps a function over an axis of its arguments, by running it once on whole batches.
//
//   vmap(f)(x)[i] = f(x[i])
//
// A tracer keeps the batched value with the batch as axis 0; f sees the shape without it.
import { formatSpec, normalizeAxis, type Shape } from "./array.ts";
import { bind, currentInterpreter, withInterpreter } from "./interpreter.ts";
import { flatFunction } from "./jvp.ts";
import type { Params, Primitive } from "./primitive.ts";
import { broadcastTo, permute } from "./primitives/shape.ts";
import { type Interpreter, Tensor } from "./tensor.ts";
import {
  flattenWithPaths,
  formatStructure,
  leafTensor,
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
    const outputs = withInterpreter(this.#outer, () =>
      mapped.includes(true)
        ? primitive.batch(inputs.map(this.whole), mapped, this.size, params)
        : bind(primitive, inputs, params),
    );
    return mapped.includes(true) ? outputs.map(this.member) : outputs;
  }

  reveal(tracer: Tensor): never {
    throw new TypeError(
      `vmap: a ${formatSpec(tracer)} stands for ${this.size} values at once, so no single value is known; ` +
        "choose with where(), or map over a loop in JavaScript",
    );
  }
}

/** vmap over axis 0 of flat inputs; those not mapped are shared, and so may outputs be. */
function mapBatches(
  f: (inputs: Tensor[]) => readonly Tensor[],
  inputs: readonly Tensor[],
  mapped: readonly boolean[],
  size: number,
): { values: Tensor[]; mapped: boolean[] } {
  const batches = new Batches(size);
  const outputs = withInterpreter(batches, () =>
    f(inputs.map((x, i) => (mapped[i] ? batches.member(x) : x))),
  );
  return { values: outputs.map(batches.whole), mapped: outputs.map(batches.isMapped) };
}

const repeat = (y: Tensor, size: number) => broadcastTo(y, [size, ...y.shape]);

/** The same with every output mapped, at axis 0. */
export function vmapFlat(
  f: (inputs: Tensor[]) => readonly Tensor[],
  inputs: readonly Tensor[],
  mapped: readonly boolean[],
  size: number,
): Tensor[] {
  const y = mapBatches(f, inputs, mapped, size);
  return y.values.map((value, i) => (y.mapped[i] ? value : repeat(value, size)));
}

/** An axis to map, null for none, or a tree of them that is a prefix of the argument's tree. */
export type MapAxes = number | null | readonly MapAxes[] | { readonly [key: string]: MapAxes };

/** The axis for each leaf, from axes given for a prefix of the tree. */
function spreadAxes(role: string, axes: MapAxes, structure: Structure): (number | null)[] {
  if (axes === null || typeof axes === "number") {
    const count = (part: Structure): number =>
      part === null
        ? 1
        : Object.values(part).reduce((n: number, child) => n + count(child as Structure), 0);
    return new Array<number | null>(count(structure)).fill(axes);
  }
  const [given, parts] = [Object.keys(axes), Object.keys(structure ?? {})];
  if (
    structure === null ||
    given.length !== parts.length ||
    !parts.every((key) => given.includes(key))
  )
    throw new TypeError(
      `vmap: ${role} ${JSON.stringify(axes)} do not fit the tree ${formatStructure(structure)}; give one axis, null, or a tree of axes like it`,
    );
  return parts.flatMap((key) =>
    spreadAxes(
      role,
      (axes as Record<string, MapAxes>)[key] as MapAxes,
      (structure as Record<string, Structure>)[key] as Structure,
    ),
  );
}

const axesOf = (shape: Shape) => shape.map((_, axis) => axis);
const toFront = (x: Tensor, axis: number) =>
  permute(x, [axis, ...axesOf(x.shape).filter((a) => a !== axis)]);
function fromFront(x: Tensor, axis: number): Tensor {
  const order = axesOf(x.shape).slice(1);
  order.splice(axis, 0, 0);
  return permute(x, order);
}

/**
 * `f` mapped over `inAxes` of its arguments; results are stacked along `outAxes`.
 *
 * inAxes: one axis for all arguments, or a list with one entry an argument; null shares it. Throws when
 * nothing is mapped or when sizes differ.
 */
export function vmap<A extends readonly unknown[], R>(
  f: (...args: A) => R,
  inAxes: MapAxes = 0,
  outAxes: MapAxes = 0,
): (...args: TensorsLike<A>) => Tensors<R> {
  return (...args) => {
    const { leaves, paths, structure } = flattenWithPaths(args);
    const given = spreadAxes("inAxes", inAxes, structure);
    const tensors = leaves.map(leafTensor);
    const axes = given.map((axis, i) =>
      axis === null
        ? null
        : normalizeAxis(`vmap: argument ${paths[i]}`, axis, (tensors[i] as Tensor).shape.length),
    );
    const sizes = axes.flatMap((axis, i) =>
      axis === null ? [] : [(tensors[i] as Tensor).shape[axis] as number],
    );
    if (new Set(sizes).size !== 1) {
      const found = tensors
        .map((x, i) => `${paths[i]}: ${formatSpec(x)} over axis ${axes[i]}`)
        .join("; ");
      throw new RangeError(
        `vmap: expected one size along the mapped axes, got ${sizes.length === 0 ? "no mapped axis" : `[${sizes}]`} (${found})`,
      );
    }
    const { run, outTree } = flatFunction("vmap", f as (...args: never[]) => unknown, structure);
    const moved = tensors.map((x, i) => (axes[i] === null ? x : toFront(x, axes[i] as number)));
    const size = sizes[0] as number;
    const y = mapBatches(
      run,
      moved,
      axes.map((axis) => axis !== null),
      size,
    );
    const out = spreadAxes("outAxes", outAxes, outTree());
    const placed = y.values.map((value, i) => {
      const axis = out[i];
      if (axis === null || axis === undefined) {
        if (y.mapped[i])
          throw new TypeError(
            `vmap: output ${i} depends on a mapped argument, so outAxes must name an axis for it, got null`,
          );
        return value;
      }
      const whole = y.mapped[i] ? value : repeat(value, size);
      return fromFront(whole, normalizeAxis("vmap: outAxes", axis, whole.shape.length));
    });
    return unflatten(outTree(), placed) as Tensors<R>;
  };
}
