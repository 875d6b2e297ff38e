// counts: how much a program computes and moves, kernel by kernel.
//
//   flops   every scalar step is one operation, transcendental or not; a product has 2·m·n·k
//   bytes   every element that a view touches, once for each load or store
import { bytesOf } from "./lifetimes.ts";
import type { Kernel, Program, ScalarCode, Shape, View } from "./program.ts";
import { sizeOf } from "./schedule/shapes.ts";

export interface Counts {
  readonly flops: number;
  readonly bytes: number;
}

/** A broadcast axis, whose stride is 0, is read once. */
const touched = ({ buffer, strides }: View, shape: Shape): number =>
  bytesOf({ dtype: buffer.dtype, shape: shape.filter((_, axis) => strides[axis] !== 0) });

function countCode({ loads, steps, stores }: ScalarCode, shape: Shape): Counts {
  const operations = steps.filter(({ op }) => op !== "constant").length;
  const views = [...loads, ...stores.map(({ view }) => view)];
  const bytes = views.reduce((sum, view) => sum + touched(view, shape), 0);
  return { flops: operations * sizeOf(shape), bytes };
}

const plus = (a: Counts, b: Counts): Counts => ({
  flops: a.flops + b.flops,
  bytes: a.bytes + b.bytes,
});

/** What an equation that is run as it is moves; it counts as one operation per element of its largest array. */
function countEquation(shapes: readonly Shape[], bytes: number): Counts {
  return { flops: Math.max(0, ...shapes.map(sizeOf)), bytes };
}

export function countKernel(kernel: Kernel): Counts {
  if (kernel.kind === "zero") return { flops: 0, bytes: bytesOf(kernel.buffer) };
  if (kernel.kind === "loop") return countCode(kernel.code, kernel.shape);
  if (kernel.kind === "reduce") {
    const all = [...kernel.kept, ...kernel.reduced];
    const folds = { flops: sizeOf(all), bytes: 0 };
    return plus(plus(countCode(kernel.code, all), folds), countCode(kernel.epilogue, kernel.kept));
  }
  if (kernel.kind === "matmul") {
    const { batch, rows, depth, columns, left, right, epilogue } = kernel;
    const product = {
      flops: 2 * sizeOf([...batch, rows, depth, columns]),
      bytes: touched(left, [...batch, rows, depth]) + touched(right, [...batch, depth, columns]),
    };
    return plus(product, countCode(epilogue, [...batch, rows, columns]));
  }
  const arrays = [...kernel.inputs, ...kernel.outputs];
  return countEquation(
    arrays.map(({ shape }) => shape),
    arrays.reduce((sum, buffer) => sum + bytesOf(buffer), 0),
  );
}

/** Operations and bytes of each kernel, in order. */
export const counts = (program: Program): Counts[] => program.kernels.map(countKernel);
