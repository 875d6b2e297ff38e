// Tensor: the one value that users hold, concrete or traced.
//
//   concrete: interpreter = null, payload = the typed array
//   tracer:   interpreter = the transformation that follows it, payload = what that one keeps
//
// A tracer of jvp keeps { primal, tangent }, of vmap the batched value, of trace its variable.
import {
  formatSpec,
  type DType,
  type NDArray,
  type Shape,
  sizeOf,
  type TypedArray,
} from "./array.ts";
import type { Params, Primitive } from "./primitive.ts";

/** What gives equations their meaning: evaluation, or one running transformation. */
export interface Interpreter {
  /** The public name of the transformation, for errors. */
  readonly name: string;
  /** Applies `primitive` to inputs of which some may be this interpreter's tracers. */
  process(primitive: Primitive, inputs: readonly Tensor[], params: Params): readonly Tensor[];
  /** The concrete value behind one of its tracers; throws where there is none. */
  reveal(tracer: Tensor): Tensor;
}

/** What an operation takes beside tensors: JavaScript numbers and booleans are weakly typed. */
export type TensorLike = Tensor | number | boolean;

/** An immutable n-dimensional array, or a stand-in for one while a function is transformed. */
export class Tensor implements NDArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly payload: unknown;
  readonly interpreter: Interpreter | null;

  constructor(
    shape: Shape,
    dtype: DType,
    payload: unknown,
    interpreter: Interpreter | null = null,
  ) {
    this.shape = shape;
    this.dtype = dtype;
    this.payload = payload;
    this.interpreter = interpreter;
  }

  static of(array: NDArray): Tensor {
    return array instanceof Tensor ? array : new Tensor(array.shape, array.dtype, array.data);
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** The elements in row-major order: the array itself, not a copy. Throws under trace and vmap. */
  get data(): TypedArray {
    if (this.interpreter === null) return this.payload as TypedArray;
    return this.interpreter.reveal(this).data;
  }

  /** The only element as a JavaScript number. Throws unless size is 1. */
  item(): number {
    if (this.size !== 1)
      throw new RangeError(
        `item: expected one element, got ${formatSpec(this)}; reduce it first or use toArray()`,
      );
    return this.data[0] as number;
  }

  /** Nested JavaScript arrays; a number for a scalar, booleans for `bool`. */
  toArray(): NestedArray {
    const { data, dtype, shape } = this;
    let next = 0;
    const element = () => (dtype === "bool" ? data[next++] === 1 : (data[next++] as number));
    const build = (axis: number): NestedArray =>
      axis === shape.length
        ? element()
        : Array.from({ length: shape[axis] as number }, () => build(axis + 1));
    return build(0);
  }

  toString(): string {
    const held =
      this.interpreter === null
        ? JSON.stringify(this.toArray())
        : `traced by ${this.interpreter.name}`;
    return `Tensor ${formatSpec(this)} ${held}`;
  }

  /** JavaScript's own operators would silently give NaN; they get an error instead. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new TypeError(
      `JavaScript's operators do not act on ${formatSpec(this)} tensors: write x.add(y), x.mul(y), x.less(y) …, or x.item() for a number`,
    );
  }
}

// console.log in Node prints the value.
Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value: Tensor.prototype.toString,
});

export type NestedArray = number | boolean | readonly NestedArray[];
