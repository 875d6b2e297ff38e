// Loops of one size that read the same memory become one loop, when they run one soon after the other.
//
// Neither reads what the other writes, or they would be one already, or could never be. The later one moves
// up, past kernels that it does not read from, but not far: what it writes would live longer.
import { type Group, type Grouping, hasRoom } from "./groups.ts";
import type { Node } from "./node.ts";
import { sizeOf } from "./shapes.ts";
import { leavesOf } from "./traffic.ts";

/** How many kernels a loop may pass. */
const reach = 4;

const sizeOfLoop = ({ main }: Group): number => sizeOf([...main][0]!.shape);

/** The memory of a loop's own size that it reads. */
function memoryRead(group: Group, { placement, of }: Grouping): Set<Node> {
  const leaves = [...group.main].flatMap((node) => leavesOf(node, placement.isPlaced));
  const size = sizeOfLoop(group);
  return new Set(leaves.filter((leaf) => of.get(leaf) !== group && sizeOf(leaf.shape) >= size));
}

/** The groups in order, some loops joined. Scalar loops cost nothing and stay. */
export function joinNeighbours(grouping: Grouping, alone: ReadonlySet<Node>): Group[] {
  const order: Group[] = [];
  const isFree = ({ anchor, main }: Group) =>
    !anchor && [...main].every((node) => !alone.has(node));
  for (const group of grouping.ordered()) {
    const sources = grouping.sources(group);
    const read = isFree(group) && sizeOfLoop(group) > 1 ? memoryRead(group, grouping) : null;
    // A recomputation stays where it is.
    const steps = [...group.main].some(({ region }) => region > 0) ? 1 : reach;
    let partner: Group | undefined;
    for (const before of order.slice(-steps).reverse()) {
      if (!read || sources.has(before)) break;
      const isAlike = isFree(before) && sizeOfLoop(before) === sizeOfLoop(group);
      if (!isAlike || !hasRoom(before, group.main.size)) continue;
      if ([...memoryRead(before, grouping)].some((leaf) => read.has(leaf))) partner = before;
      if (partner) break;
    }
    if (partner) grouping.join(partner, group);
    else order.push(group);
  }
  return order;
}
