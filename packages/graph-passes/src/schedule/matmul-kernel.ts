// A product and what follows it.
//
// A batch axis along which the right operand stays the same is walked like rows, and becomes rows where all
// views allow it; rows that the epilogue has to take apart become a batch.
import type { MatmulKernel, View } from "../program.ts";
import type { Access } from "./access.ts";
import { type Axis, extentsOf, merged, onAxes, withSplits } from "./axes.ts";
import { mapViews, reach, viewsOf } from "./code.ts";
import type { Group } from "./groups.ts";
import type { Matmul, Node } from "./node.ts";
import { stridesOf } from "./shapes.ts";
import { type Memory, writeEpilogue } from "./storing.ts";

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

export function matmulKernel(group: Group, anchor: Matmul, memory: Memory): MatmulKernel {
  const { batch, rows, depth, columns, left, right } = anchor.product;
  const operand = (i: number, extents: readonly number[], strides: readonly number[]) => {
    const axes = extents.map((extent) => ({ extent, strides: [0], whole: true }));
    return operandView(anchor.inputs[i]!, axes, { offset: 0, strides }, group, memory);
  };
  const a = operand(0, [...batch, rows, depth], left);
  const b = operand(1, [...batch, depth, columns], right);
  const m = batch.length;
  const own = stridesOf([...batch, rows, columns]);
  // Each axis with its strides in the result, in the left operand, in the right one.
  const axes = [...batch, rows, columns].map((extent, axis): Axis => {
    const fromLeft = axis <= m ? a.strides[axis]! : 0;
    const fromRight = axis === m ? 0 : b.strides[axis]!;
    const strides = [own[axis]!, fromLeft, fromRight];
    return axis > m ? { extent, strides, whole: true } : { extent, strides };
  });
  return withSplits(axes, [], (split): MatmulKernel => {
    const epilogue = writeEpilogue(group, anchor, split, memory);
    const first = split.map(({ strides }) => strides[1]!);
    const second = split.map(({ strides }) => strides[2]!);
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
