// Leaves of arguments: a tensor, a typed array (one axis), a number or a boolean, as everywhere in the engine.
import { type DType, type Spec, Tensor, type TypedArray } from "@cotangent/autodiff";
import { compileError } from "./errors.ts";

interface ArrayMaker {
  new (length: number): TypedArray;
  new (from: TypedArray): TypedArray;
  new (memory: ArrayBuffer, at: number, length: number): TypedArray;
}
/** The typed arrays of the dtypes. */
export const arrays: Readonly<Record<DType, ArrayMaker>> = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  bool: Uint8Array,
};
const dtypes = Object.keys(arrays) as readonly DType[];

/** The dtype in which float inputs are taken, or undefined to take them as they are. */
export type FloatType = "f64" | "f32" | undefined;

const isFloat = (dtype: DType): boolean => dtype === "f64" || dtype === "f32";
const castTo = (dtype: DType, float: FloatType): DType =>
  float !== undefined && isFloat(dtype) ? float : dtype;

function dtypeOfArray(data: object): DType {
  for (const dtype of dtypes) if (data instanceof arrays[dtype]) return dtype;
  throw compileError(
    `no dtype for ${data.constructor.name}; expected Float64Array, Float32Array, Int32Array, Uint32Array or Uint8Array`,
  );
}

/** A tracer has no value to compute with, and none that may be read: its derivative would be lost. */
function checkConcrete({ interpreter }: Tensor): void {
  if (interpreter === null) return;
  const { name } = interpreter;
  throw compileError(
    name === "trace" || name === "checkpoint"
      ? `a compiled function got a value traced by ${name}; expected concrete tensors: call the function that you compiled there, it becomes part of what is traced`
      : `a compiled function got a value traced by ${name}; expected concrete tensors: transform the function first, then compile: compile(${name === "jvp" ? "grad(f)), or compile((x, v) => jvp(f, [x], [v])" : `${name}(f)`})`,
  );
}

/** Shape and dtype with which a leaf is traced. */
export function specOf(leaf: unknown, float: FloatType): Spec {
  if (leaf instanceof Tensor) {
    checkConcrete(leaf);
    return { shape: leaf.shape, dtype: castTo(leaf.dtype, float) };
  }
  if (typeof leaf === "number") return { shape: [], dtype: float ?? "f64" };
  if (typeof leaf === "boolean") return { shape: [], dtype: "bool" };
  const array = leaf as TypedArray;
  return { shape: [array.length], dtype: castTo(dtypeOfArray(array), float) };
}

/** Memory for a leaf, all zeros. */
export function allocate({ dtype, shape }: Spec): TypedArray {
  return new arrays[dtype](shape.reduce((size, length) => size * length, 1));
}

/** A copy. `slice` would fill its memory with zeros first, which for a large array takes half as long again. */
export const copyOf = (dtype: DType, array: TypedArray): TypedArray => new arrays[dtype](array);

/** Compares bytes at the speed of memory, where the host can (Node). */
const compare = (globalThis as { Buffer?: { compare(a: Uint8Array, b: Uint8Array): number } })
  .Buffer?.compare;
/** Arrays of so many elements are worth a look whether they are there already. */
const worthComparing = 1024;
const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Memory for a leaf of an argument. */
export class Slot {
  readonly view: TypedArray;
  readonly #bytes: Uint8Array;
  /** The array that came last, and its bytes when it came again. */
  #last: TypedArray | null = null;
  #lastBytes: Uint8Array | null = null;

  /** Whether the data of tensors is copied when `read` is called, but for results that lie in this memory. */
  readonly #isLate: boolean;
  #waiting: TypedArray | null = null;

  constructor(view: TypedArray, isLate = false) {
    this.view = view;
    this.#isLate = isLate;
    this.#bytes = bytesOf(view);
  }

  /** Copies the data of a tensor, or keeps it in mind until `read`. */
  setData(data: TypedArray): void {
    const expected = this.view.length;
    if (data.length !== expected)
      throw compileError(
        `a tensor of ${expected} elements has data of ${data.length}; expected as many: was its buffer transferred to another thread?`,
      );
    // A result that was not copied may be overwritten before it is read.
    const waits = this.#isLate && data.buffer !== this.view.buffer;
    this.#waiting = waits ? data : null;
    if (!waits) this.#set(data);
  }

  /** Copies what waits. */
  read(): void {
    if (this.#waiting) this.#set(this.#waiting);
    this.#waiting = null;
  }

  /** Copies an array, unless it is there to the last bit: memory that is not written to stays in all threads' caches. */
  #set(data: TypedArray): void {
    if (data === this.#last) {
      this.#lastBytes ??= bytesOf(data);
      if (compare?.(this.#lastBytes, this.#bytes) !== 0) this.view.set(data);
      return;
    }
    const isLarge = data.length >= worthComparing && data.constructor === this.view.constructor;
    this.#last = isLarge ? data : null;
    this.#lastBytes = null;
    this.view.set(data);
  }

  /** Copies an array as `tensor` does: the numbers of a Uint8Array become 0 and 1. */
  setArray(array: TypedArray): void {
    const { view } = this;
    this.#waiting = null;
    view.set(array);
    if (array instanceof Uint8Array)
      for (let i = 0; i < view.length; i++) view[i] = Number(view[i] !== 0);
  }
}

/** Whether one leaf has a spec. */
export function fits(leaf: unknown, { dtype, shape }: Spec, float: FloatType): boolean {
  if (leaf instanceof Tensor) {
    checkConcrete(leaf);
    if (castTo(leaf.dtype, float) !== dtype || leaf.shape.length !== shape.length) return false;
    for (let axis = 0; axis < shape.length; axis++)
      if (leaf.shape[axis] !== shape[axis]) return false;
    return true;
  }
  if (typeof leaf === "number") return shape.length === 0 && dtype === (float ?? "f64");
  if (typeof leaf === "boolean") return shape.length === 0 && dtype === "bool";
  return (
    ArrayBuffer.isView(leaf) &&
    shape.length === 1 &&
    shape[0] === (leaf as TypedArray).length &&
    castTo(dtypeOfArray(leaf), float) === dtype
  );
}
