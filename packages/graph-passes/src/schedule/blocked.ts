// What a schedule changes when kernels cannot reach what they read.
//
//   blocked by a view or scalar that has no memory   it gets some, and so a kernel of its own
//   blocked by a node that is computed in a kernel   that node gets a kernel for itself
//
// The kernel that a node gets may be blocked in turn. That is found out here, before the next attempt: a chain of a
// thousand views that no strides express costs one attempt more, not one for each of them.
import { type Access, broadcastLayout } from "./access.ts";
import { type Axis, accessOf, axesOf, withSplits } from "./axes.ts";
import { Blocked, reach } from "./code.ts";
import type { Node } from "./node.ts";
import type { Placement } from "./placement.ts";

/** Nodes that get memory, and nodes that share no kernel. */
export interface Cuts {
  readonly forced: Set<Node>;
  readonly alone: Set<Node>;
}

/** Adds to the cuts what lets kernels reach the nodes that blocked them. Throws where nothing helps. */
export function cutAt(blocked: ReadonlySet<Node>, { isPlaced }: Placement, cuts: Cuts): void {
  const { forced, alone } = cuts;
  // What lies behind a node that gets memory is reached from there alone, perhaps without being cut.
  const behind = new Set<Node>();
  for (const node of [...blocked].sort((a, b) => b.position - a.position)) {
    if (!isPlaced.has(node)) {
      if (!behind.has(node)) cutChain(node, isPlaced, forced, behind);
    } else if (alone.has(node))
      throw new Error(`schedule: a ${node.kind} ${node.dtype}[${node.shape}] cannot be read`);
    else alone.add(node);
  }
}

/** Gives memory to a node, and to those that the kernels of such nodes cannot reach. */
function cutChain(
  first: Node,
  isPlaced: ReadonlySet<Node>,
  forced: Set<Node>,
  behind: Set<Node>,
): void {
  forced.add(first);
  const isThere = (node: Node): boolean =>
    node.kind === "source" || isPlaced.has(node) || forced.has(node);
  const read = (node: Node, axes: readonly Axis[], access: Access): void => {
    for (const input of node.inputs) {
      const layout = node.kind === "view" ? node.layout : broadcastLayout(input.shape, node.shape);
      const at = reach(node, axes, access, layout);
      behind.add(input);
      if (!isThere(input)) read(input, axes, at);
    }
  };
  const list = [first];
  for (const node of list)
    for (let isBlocked = true; isBlocked; )
      try {
        withSplits(axesOf(node.shape), [], (axes) => read(node, axes, accessOf(axes)));
        isBlocked = false;
      } catch (error) {
        if (!(error instanceof Blocked)) throw error;
        isBlocked = !forced.has(error.node);
        if (isBlocked) list.push(error.node);
        forced.add(error.node);
      }
}
