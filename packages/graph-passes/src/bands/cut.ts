// A kernel whose samples are cut into blocks: [… outer · samples · inner …] becomes [blocks, … outer, rest of the axis …].
import type { Kernel, ScalarCode, View } from "../program.ts";
import type { Shape } from "../schedule/shapes.ts";
import type { Slice } from "./slice.ts";

/** Lengths of axes of which one is cut. */
export function cutLengths(
  shape: Shape,
  { axis, samples, inner }: Slice,
  blocks: number,
): number[] {
  const outer = shape[axis]! / (samples * inner);
  const block = (samples / blocks) * inner;
  return [blocks, ...shape.toSpliced(axis, 1, ...(outer > 1 ? [outer] : []), block)];
}

/** A view along axes of which one, of a length, is cut. */
export function cutView(
  view: View,
  { axis, samples, inner }: Slice,
  length: number,
  blocks: number,
): View {
  const stride = view.strides[axis]!;
  const outer = length > samples * inner ? [stride * samples * inner] : [];
  const strides = view.strides.toSpliced(axis, 1, ...outer, stride);
  return { ...view, strides: [stride * (samples / blocks) * inner, ...strides] };
}

/** The same kernel, with an axis over `blocks` before all others. */
export function cutKernel<K extends Kernel>(kernel: K, slice: Slice, blocks: number): K {
  const { axis, samples, inner } = slice;
  const lengthsOf = (shape: Shape): number[] => cutLengths(shape, slice, blocks);
  const viewOf = (view: View, length: number): View => cutView(view, slice, length, blocks);
  const codeOf = (code: ScalarCode, length: number): ScalarCode => ({
    ...code,
    loads: code.loads.map((view) => viewOf(view, length)),
    stores: code.stores.map(({ view, value }) => ({ view: viewOf(view, length), value })),
  });
  switch (kernel.kind) {
    case "loop": {
      const { shape, code } = kernel;
      return { ...kernel, shape: lengthsOf(shape), code: codeOf(code, shape[axis]!) };
    }
    case "reduce": {
      const { kept, code, epilogue } = kernel;
      const length = kept[axis]!;
      return {
        ...kernel,
        kept: lengthsOf(kept),
        code: codeOf(code, length),
        epilogue: codeOf(epilogue, length),
      };
    }
    case "matmul": {
      const { batch, rows, left, right, epilogue } = kernel;
      const lengths = lengthsOf([...batch, rows]);
      const still = right.strides.toSpliced(axis, 0, ...(rows > samples * inner ? [0] : []));
      return {
        ...kernel,
        batch: lengths.slice(0, -1),
        rows: lengths.at(-1)!,
        left: viewOf(left, rows),
        right: { ...right, strides: [0, ...still] },
        epilogue: codeOf(epilogue, rows),
      };
    }
    default:
      throw new TypeError(`bands: a ${kernel.kind} kernel has no axis to cut`);
  }
}
