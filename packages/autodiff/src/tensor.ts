// Tensor: the one value that users hold, concrete or traced.
//
//   concrete: interpreter = null, payload = the typed array
//   tracer:   interpreter = the transformation that follows it, payload = what that one keeps
//
// A tracer of jvp keeps { primal, tangent }, of vmap the batched value, of trace its variable.
import { type DType, type NDArray, type Shape, sizeOf, type TypedArray } from "./array.ts";
import { fail, formatSpec } from "./errors.ts";

/** The running transformation that a tracer belongs to. */
export interface Owner {
  /** The public name of the transformation, for errors. */
  readonly name: string;
  /** The concrete value behind one of its tracers; throws where there is none. */
  reveal(tracer: Tensor): Tensor;
}

/** What an operation takes beside tensors: JavaScript numbers and booleans are weakly typed. */
export type TensorLike = Tensor | number | boolean;
export type NestedArray = number | boolean | readonly NestedArray[];

/** An immutable n-dimensional array, or a stand-in for one while a function is transformed. */
export class Tensor implements NDArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly payload: unknown;
  readonly interpreter: Owner | null;

  constructor(shape: Shape, dtype: DType, payload: unknown, interpreter: Owner | null = null) {
    this.shape = shape;
    this.dtype = dtype;
    this.payload = payload;
    this.interpreter = interpreter;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The elements in row-major order: the array itself, not a copy. Throws under trace and vmap. */
  get data(): TypedArray {
    return this.interpreter?.reveal(this).data ?? (this.payload as TypedArray);
  }

  /** The only element as a JavaScript number. Throws unless size is 1. */
  item(): number {
    if (this.size === 1) return this.data[0]!;
    throw fail`item: expected one element, got ${this}; reduce it first or use toArray()`;
  }

  /** Nested JavaScript arrays; a number for a scalar, booleans for `bool`. */
  toArray(): NestedArray {
    const { data, dtype, shape } = this;
    let next = 0;
    const build = (axis: number): NestedArray => {
      if (axis < shape.length) return Array.from({ length: shape[axis]! }, () => build(axis + 1));
      return dtype === "bool" ? data[next++] === 1 : data[next++]!;
    };
    return build(0);
  }

  toString(): string {
    const { interpreter } = this;
    const value = interpreter ? `traced by ${interpreter.name}` : JSON.stringify(this.toArray());
    return `Tensor ${formatSpec(this)} ${value}`;
  }

  /** JavaScript's own operators would silently give NaN; they get an error instead. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw fail`JavaScript's operators do not act on tensors, got ${this}: write x.add(y), x.mul(y), x.less(y) …, or x.item() for a number`;
  }
}

// console.log in Node prints the value.
const inspect = Symbol.for("nodejs.util.inspect.custom");
Object.defineProperty(Tensor.prototype, inspect, { value: Tensor.prototype.toString });
