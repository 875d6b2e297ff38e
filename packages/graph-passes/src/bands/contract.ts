// What only the kernels of one band touch needs memory for one block: the next block overwrites it.
//
//   element (block, sample, …) of [samples, …]  becomes  (sample, …) of [samples of a block, …]
import { bandOf } from "../band-of.ts";
import { accessesOf } from "../lifetimes.ts";
import type { Band, Buffer, Kernel, View } from "../program.ts";
import { mapViews } from "../schedule/code.ts";
import { stridesOf } from "../schedule/shapes.ts";

/** The same view, of a buffer that holds one of `blocks` blocks of what it held along axis `along`. */
function contractView(view: View, to: Buffer, along: number, blocks: number): View {
  const { shape } = view.buffer;
  const all = stridesOf(shape)[along]! * shape[along]!;
  const within = view.offset % all;
  const offset = (view.offset - within) / blocks + within;
  const [, ...strides] = view.strides.map((stride) =>
    stride % all === 0 ? stride / blocks : stride,
  );
  return { buffer: to, offset, strides: [0, ...strides] };
}

function withViews(kernel: Kernel, change: (view: View) => View): Kernel {
  switch (kernel.kind) {
    case "loop":
      return { ...kernel, code: mapViews(kernel.code, change) };
    case "reduce": {
      const { code, epilogue } = kernel;
      return { ...kernel, code: mapViews(code, change), epilogue: mapViews(epilogue, change) };
    }
    case "matmul": {
      const { left, right, epilogue } = kernel;
      return {
        ...kernel,
        left: change(left),
        right: change(right),
        epilogue: mapViews(epilogue, change),
      };
    }
    default:
      return kernel;
  }
}

/** The kernels with such buffers contracted, and which became which. `along`: the axes that bands run over. */
export function contract(
  kernels: readonly Kernel[],
  bands: readonly Band[],
  along: ReadonlyMap<Buffer, number>,
): { readonly kernels: readonly Kernel[]; readonly contracted: ReadonlyMap<Buffer, Buffer> } {
  const homes = new Map<Buffer, Band | null>();
  for (const [at, kernel] of kernels.entries()) {
    const own = bandOf({ bands }, at);
    const { reads, writes } = accessesOf(kernel);
    for (const { buffer } of [...reads, ...writes]) {
      const isFirst = !homes.has(buffer);
      homes.set(buffer, isFirst || homes.get(buffer) === own ? own : null);
    }
  }
  const contracted = new Map<Buffer, Buffer>();
  for (const [buffer, home] of homes) {
    const axis = along.get(buffer);
    if (home === null || axis === undefined || buffer.role !== "temporary") continue;
    const shape = buffer.shape.with(axis, buffer.shape[axis]! / home.blocks);
    contracted.set(buffer, { ...buffer, shape, role: "block" });
  }
  const change = (view: View): View => {
    const to = contracted.get(view.buffer);
    if (!to) return view;
    return contractView(view, to, along.get(view.buffer)!, homes.get(view.buffer)!.blocks);
  };
  return { kernels: kernels.map((kernel) => withViews(kernel, change)), contracted };
}
