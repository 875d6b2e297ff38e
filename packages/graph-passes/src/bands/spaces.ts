// The views of a kernel with the axes that they walk along, and the axis among these that a band may cut.
import type { Kernel, ScalarCode, View } from "../program.ts";
import type { Shape } from "../schedule/shapes.ts";

/** A view over axes of the given lengths. */
export interface Walk {
  readonly view: View;
  readonly lengths: Shape;
}

export interface Spaces {
  readonly loads: readonly Walk[];
  readonly stores: readonly Walk[];
  /** The first and the last axis, of all walks, that can be cut; a walk that has not as many does not go along it. */
  readonly axes: readonly [from: number, to: number];
}

const loads = ({ loads: views }: ScalarCode, lengths: Shape): Walk[] =>
  views.map((view) => ({ view, lengths }));
const stores = ({ stores: all }: ScalarCode, lengths: Shape): Walk[] =>
  all.map(({ view }) => ({ view, lengths }));

/** Null for kernels that are never cut. */
export function spacesOf(kernel: Kernel): Spaces | null {
  switch (kernel.kind) {
    case "loop": {
      const { code, shape } = kernel;
      return {
        loads: loads(code, shape),
        stores: stores(code, shape),
        axes: [0, shape.length - 1],
      };
    }
    case "reduce": {
      const { kept, reduced, code, epilogue } = kernel;
      const all = [...kept, ...reduced];
      return {
        loads: [...loads(code, all), ...loads(epilogue, kept)],
        stores: [...stores(code, all), ...stores(epilogue, kept)],
        axes: [0, kept.length - 1],
      };
    }
    case "matmul": {
      const { batch, rows, depth, columns, left, right, epilogue } = kernel;
      const results = [...batch, rows, columns];
      // All but the right operand go along the rows: to it they are an axis of length 1.
      const { strides } = right;
      const stretched = { ...right, strides: strides.toSpliced(batch.length, 0, 0) };
      return {
        loads: [
          { view: left, lengths: [...batch, rows, depth] },
          { view: stretched, lengths: [...batch, 1, depth, columns] },
          ...loads(epilogue, results),
        ],
        stores: stores(epilogue, results),
        axes: [batch.length, batch.length],
      };
    }
    default:
      return null;
  }
}
