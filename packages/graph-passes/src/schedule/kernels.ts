// From a group of nodes to the kernel that computes it.
import type { Kernel, LoopKernel, ReduceKernel } from "../program.ts";
import { type Axis, accessOf, axesOf, extentsOf, merged, onAxes, withSplits } from "./axes.ts";
import { CodeWriter, mapViews, viewsOf } from "./code.ts";
import type { Group } from "./groups.ts";
import { matmulKernel } from "./matmul-kernel.ts";
import type { Node, Reduce } from "./node.ts";
import { type Shape, sizeOf } from "./shapes.ts";
import { type Memory, storeAll, writeEpilogue } from "./storing.ts";

/** The shape with the most axes, from which the fewest splits lead to the others. */
const finest = (nodes: Iterable<Node>): Shape =>
  [...nodes].map(({ shape }) => shape).reduce((a, b) => (b.length > a.length ? b : a));

function loopKernel(group: Group, memory: Memory): LoopKernel {
  return withSplits(axesOf(finest(group.main)), [], (axes): LoopKernel => {
    const writer = new CodeWriter(axes, (node) => memory.read(group, node));
    storeAll(writer, group.main, accessOf(axes), memory);
    const { code } = writer.finish();
    const strides = viewsOf(code).map((view) => view.strides);
    const { lengths, kept } = merged(extentsOf(axes), strides);
    return { kind: "loop", shape: lengths, code: mapViews(code, onAxes(kept)) };
  });
}

function reduceKernel(group: Group, anchor: Reduce, memory: Memory): ReduceKernel {
  const [operand] = anchor.inputs as [Node];
  const all = axesOf(operand.shape);
  const isReduced = (_: Axis, axis: number) => anchor.axes.includes(axis);
  const keptAxes = all.filter((axis, i) => !isReduced(axis, i));
  const reducedAxes = all.filter(isReduced);
  const counts = [keptAxes.length, reducedAxes.length];
  return withSplits([...keptAxes, ...reducedAxes], counts, (axes, [n]): ReduceKernel => {
    const writer = new CodeWriter(axes, (node) => memory.read(group, node));
    const value = writer.value(operand, accessOf(axes));
    storeAll(writer, group.before, accessOf(axes), memory);
    const { code, number } = writer.finish();
    const own = axes.slice(0, n);
    const epilogue = writeEpilogue(group, anchor, own, memory);
    const extents = extentsOf(axes);
    const inner = viewsOf(code).map(({ strides }) => strides);
    const outer = viewsOf(epilogue).map(({ strides }) => strides);
    const kept = merged(extents.slice(0, n), [...inner, ...outer]);
    const reduced = merged(
      extents.slice(n),
      inner.map((strides) => strides.slice(n)),
    );
    const left = [...kept.kept, ...reduced.kept.map((axis) => n! + axis)];
    return {
      kind: "reduce",
      fold: anchor.fold,
      kept: kept.lengths,
      reduced: reduced.lengths,
      code: mapViews(code, onAxes(left)),
      folded: number(value),
      epilogue: mapViews(epilogue, onAxes(kept.kept)),
    };
  });
}

/** The kernel of a group; null if there is nothing to do. */
export function kernelOf(group: Group, memory: Memory): Kernel | null {
  const { anchor } = group;
  if (anchor?.kind === "zero") return { kind: "zero", buffer: memory.buffer(anchor.target) };
  if (anchor?.kind === "opaque") {
    const { equation, inputs, results } = anchor;
    const read = inputs.map((node) => memory.buffer(node));
    return {
      kind: "equation",
      equation,
      inputs: read,
      outputs: results.map((node) => memory.buffer(node)),
    };
  }
  const isEmpty = sizeOf(anchor ? anchor.shape : finest(group.main)) === 0;
  if (anchor?.kind === "matmul") return isEmpty ? null : matmulKernel(group, anchor, memory);
  if (anchor?.kind === "reduce") return isEmpty ? null : reduceKernel(group, anchor, memory);
  return isEmpty ? null : loopKernel(group, memory);
}
