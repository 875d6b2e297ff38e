// From a group of nodes to the kernel that computes it.
import type {
  Buffer,
  Kernel,
  LoopKernel,
  MatmulKernel,
  ReduceKernel,
  ScalarCode,
  View,
} from "../program.ts";
import { type Access, rowMajor } from "./access.ts";
import { type Axis, accessOf, extentsOf, merged, onAxes, withSplits } from "./axes.ts";
import { CodeWriter, mapViews, reach, viewsOf } from "./code.ts";
import type { Group } from "./groups.ts";
import type { Matmul, Node, Reduce } from "./node.ts";
import { type Shape, sizeOf, stridesOf } from "./shapes.ts";

/** What a kernel is told of the rest of the program. */
export interface Memory {
  /** The buffer of a node that lies in memory. */
  buffer(node: Node): Buffer;
  /** Whether another kernel, or the caller, reads a node of a group. */
  isStored(node: Node): boolean;
  /** The buffer from which `group` reads a node; null if it computes it. */
  read(group: Group, node: Node): Buffer | null;
}

const axesOf = (shape: Shape): Axis[] => {
  const strides = stridesOf(shape);
  return shape.map((extent, axis) => ({ extent, strides: [strides[axis]!] }));
};

const inOrder = (nodes: Iterable<Node>): Node[] =>
  [...nodes].sort((a, b) => a.position - b.position);

function storeAll(writer: CodeWriter, nodes: Iterable<Node>, access: Access, memory: Memory): void {
  for (const node of inOrder(nodes))
    if (node.kind === "part") writer.store(node, memory.buffer(node.target), access);
    else if (memory.isStored(node)) writer.store(node, memory.buffer(node), access);
}

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
    const after = new CodeWriter(own, (node) => memory.read(group, node), [anchor]);
    const epilogue = finishEpilogue(after, group, anchor, own, memory);
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

/** What follows the anchor, over axes in the row-major order of its result. */
function finishEpilogue(
  writer: CodeWriter,
  group: Group,
  anchor: Node,
  axes: readonly Axis[],
  memory: Memory,
): ScalarCode {
  const access = rowMajor(extentsOf(axes));
  if (memory.isStored(anchor)) writer.store(anchor, memory.buffer(anchor), access);
  storeAll(writer, group.main, access, memory);
  return writer.finish().code;
}

/** An operand of a product, read through views; the axes cannot be split. */
function operandView(
  node: Node,
  axes: readonly Axis[],
  access: Access,
  group: Group,
  memory: Memory,
): View {
  const buffer = memory.read(group, node);
  if (buffer) return { buffer, ...access };
  if (node.kind !== "view")
    throw new Error(`schedule: an operand of matmul is a ${node.kind} without memory`);
  return operandView(node.inputs[0]!, axes, reach(node, axes, access, node.layout), group, memory);
}

function matmulKernel(group: Group, anchor: Matmul, memory: Memory): MatmulKernel {
  const { batch, rows, depth, columns, left, right } = anchor.product;
  const [leftExtents, rightExtents] = [
    [...batch, rows, depth],
    [...batch, depth, columns],
  ];
  const [a, b] = [left, right].map((strides, i) => {
    const axes = (i ? rightExtents : leftExtents).map((extent) => ({
      extent,
      strides: [0],
      whole: true,
    }));
    return operandView(anchor.inputs[i]!, axes, { offset: 0, strides }, group, memory);
  }) as [View, View];
  const m = batch.length;
  const own = stridesOf([...batch, rows, columns]);
  const axes = [...batch, rows, columns].map((extent, axis): Axis => {
    const fromLeft = axis <= m ? a.strides[axis]! : 0;
    const fromRight = axis === m ? 0 : b.strides[axis]!;
    const strides = [own[axis]!, fromLeft, fromRight];
    return axis > m ? { extent, strides, whole: true } : { extent, strides };
  });
  return withSplits(axes, [], (split): MatmulKernel => {
    const writer = new CodeWriter(split, (node) => memory.read(group, node), [anchor]);
    const epilogue = finishEpilogue(writer, group, anchor, split, memory);
    const [first, second] = [1, 2].map((k) => split.map(({ strides }) => strides[k]!)) as [
      number[],
      number[],
    ];
    const extents = extentsOf(split).slice(0, -1);
    const operands = [...viewsOf(epilogue).map(({ strides }) => strides), first, second];
    const { lengths, kept } = merged(extents, operands);
    // The last axis left is the rows, unless the right operand changes along it.
    const isRows = kept.length > 0 && second[kept.at(-1)!] === 0;
    const count = isRows ? kept.length - 1 : kept.length;
    const order = [...kept.slice(0, count), isRows ? kept.at(-1)! : extents.length - 1];
    const pick = (strides: readonly number[]) => order.map((axis) => strides[axis]!);
    return {
      kind: "matmul",
      dtype: anchor.dtype,
      batch: lengths.slice(0, count),
      rows: isRows ? lengths.at(-1)! : 1,
      depth,
      columns,
      left: { ...a, strides: [...pick(first), a.strides.at(-1)!] },
      right: {
        ...b,
        strides: [...pick(second).slice(0, -1), b.strides.at(-2)!, b.strides.at(-1)!],
      },
      epilogue: mapViews(epilogue, onAxes([...order, split.length - 1])),
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
