// The meaning of kernels: each carried out on typed arrays, in plain TypeScript.
//
// Scalar steps are the engine's own primitives, applied to blocks of elements. What it computes is the
// definition that compiled kernels are tested against; it is slow.
import type { DType, NDArray, Shape, TypedArray } from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";
import type { Buffer, Kernel, ScalarCode, View } from "../program.ts";
import { sizeOf, stridesOf } from "../schedule/shapes.ts";

type Constructor = new (
  ...args: [size: number] | [buffer: ArrayBuffer, offset: number, size: number]
) => TypedArray;
export const arrays: Readonly<Record<DType, Constructor>> = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  u32: Uint32Array,
  bool: Uint8Array,
};

/** The memory of each buffer. */
export type Memory = (buffer: Buffer) => TypedArray;

/** The flat positions of elements `from` … `to` of an iteration space. */
function positions(
  { offset, strides }: Pick<View, "offset" | "strides">,
  shape: Shape,
  from: number,
  to: number,
): Int32Array {
  const own = stridesOf(shape);
  return Int32Array.from({ length: to - from }, (_, n) =>
    shape.reduce(
      (at, extent, k) => at + (Math.floor((from + n) / own[k]!) % extent) * strides[k]!,
      offset,
    ),
  );
}

const gathered = (data: TypedArray, at: Int32Array, dtype: DType): TypedArray =>
  new arrays[dtype](at.length).map((_, n) => data[at[n]!]!);

/** Elements `from` … `to`: all the values of a code; stores take place when all are computed. */
function runCode(
  code: ScalarCode,
  shape: Shape,
  [from, to]: readonly [number, number],
  given: readonly TypedArray[],
  memory: Memory,
): TypedArray[] {
  const length = to - from;
  const values: NDArray[] = given.map((data, i) => ({
    dtype: code.given[i]!,
    shape: [length],
    data: data.subarray(from, to),
  }));
  for (const view of code.loads) {
    const { dtype } = view.buffer;
    values.push({
      dtype,
      shape: [length],
      data: gathered(memory(view.buffer), positions(view, shape, from, to), dtype),
    });
  }
  for (const { op, inputs, dtype, value } of code.steps) {
    const out = { dtype, shape: [length] };
    const operands = inputs.map((i) => values[i]!);
    const data = new arrays[dtype](length);
    if (op === "constant") values.push({ ...out, data: data.fill(value!) });
    else values.push(registry.get(op)!.evaluate(operands, [out], { dtype })[0]!);
  }
  for (const { view, value } of code.stores) {
    const data = memory(view.buffer);
    positions(view, shape, from, to).forEach((at, n) => {
      data[at] = values[value]!.data[n]!;
    });
  }
  return values.map(({ data }) => data);
}

/** A few elements at a time, so that a kernel that overwrites what it has yet to read is found out. */
const block = 3;
function runBlocks(
  code: ScalarCode,
  shape: Shape,
  given: readonly TypedArray[],
  memory: Memory,
): void {
  const size = sizeOf(shape);
  for (let from = 0; from < size; from += block)
    runCode(code, shape, [from, Math.min(size, from + block)], given, memory);
}

function fold(kind: "sum" | "max", dtype: DType, values: TypedArray, count: number): TypedArray {
  const length = values.length / count;
  return new arrays[dtype](count).map((_, i) => {
    const row = Array.from(values.subarray(i * length, (i + 1) * length));
    return kind === "max" ? row.reduce((a, b) => Math.max(a, b)) : row.reduce((a, b) => a + b, 0);
  });
}

/** Carries out one kernel. */
export function runKernel(kernel: Kernel, memory: Memory): void {
  if (kernel.kind === "loop") return runBlocks(kernel.code, kernel.shape, [], memory);
  if (kernel.kind === "zero") return void memory(kernel.buffer).fill(0);
  if (kernel.kind === "reduce") {
    const { kept, reduced, code, folded, epilogue } = kernel;
    const shape = [...kept, ...reduced];
    const values = runCode(code, shape, [0, sizeOf(shape)], [], memory)[folded]!;
    const count = sizeOf(kept);
    const dtype = epilogue.given[0]!;
    const result = values.length
      ? fold(kernel.fold, dtype, values, count)
      : new arrays[dtype](count);
    return runBlocks(epilogue, kept, [result], memory);
  }
  if (kernel.kind === "matmul") {
    const { batch, rows, depth, columns, left, right, epilogue } = kernel;
    const a = positions(
      { ...left, strides: [...left.strides.slice(0, -1), 0, left.strides.at(-1)!] },
      [...batch, rows, columns, depth],
      0,
      sizeOf([...batch, rows, columns, depth]),
    );
    const [k, j] = right.strides.slice(-2) as [number, number];
    const b = positions(
      { ...right, strides: [...right.strides.slice(0, -2), 0, j, k] },
      [...batch, rows, columns, depth],
      0,
      a.length,
    );
    const [x, w] = [memory(left.buffer), memory(right.buffer)];
    const products = Float64Array.from(a, (at, n) => x[at]! * w[b[n]!]!);
    const shape = [...batch, rows, columns];
    return runBlocks(epilogue, shape, [fold("sum", kernel.dtype, products, sizeOf(shape))], memory);
  }
  const { equation, inputs, outputs } = kernel;
  const specs = equation.outputs.map(({ shape, dtype }) => ({ shape, dtype }));
  const operands = inputs.map((buffer, i) => ({
    dtype: buffer.dtype,
    shape: equation.inputs[i]!.shape,
    data: memory(buffer),
  }));
  equation.primitive
    .evaluate(operands, specs, equation.params)
    .forEach(({ data }, i) => memory(outputs[i]!).set(data));
}
