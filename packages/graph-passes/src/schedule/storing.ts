// What a kernel stores: its parts, and those of its values that something else reads.
import type { Buffer, ScalarCode } from "../program.ts";
import { type Access, rowMajor } from "./access.ts";
import { type Axis, extentsOf } from "./axes.ts";
import { CodeWriter } from "./code.ts";
import type { Group } from "./groups.ts";
import type { Node } from "./node.ts";

/** What a kernel is told of the rest of the program. */
export interface Memory {
  /** The buffer of a node that lies in memory. */
  buffer(node: Node): Buffer;
  /** Whether another kernel, or the caller, reads a node of a group. */
  isStored(node: Node): boolean;
  /** The buffer from which `group` reads a node; null if it computes it. */
  read(group: Group, node: Node): Buffer | null;
}

const inOrder = (nodes: Iterable<Node>): Node[] =>
  [...nodes].sort((a, b) => a.position - b.position);

export function storeAll(
  writer: CodeWriter,
  nodes: Iterable<Node>,
  access: Access,
  memory: Memory,
): void {
  for (const node of inOrder(nodes))
    if (node.kind === "part") writer.store(node, memory.buffer(node.target), access);
    else if (memory.isStored(node)) writer.store(node, memory.buffer(node), access);
}

/** What follows an anchor, over axes in the row-major order of its result. */
export function writeEpilogue(
  group: Group,
  anchor: Node,
  axes: readonly Axis[],
  memory: Memory,
): ScalarCode {
  const writer = new CodeWriter(axes, (node) => memory.read(group, node), [anchor]);
  const access = rowMajor(extentsOf(axes));
  if (memory.isStored(anchor)) writer.store(anchor, memory.buffer(anchor), access);
  storeAll(writer, group.main, access, memory);
  return writer.finish().code;
}
