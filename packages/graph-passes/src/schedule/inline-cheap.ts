// A cheap function of one array in memory is computed by every kernel that reads it, instead of being stored.
import type { Grouping } from "./groups.ts";
import type { Node } from "./node.ts";
import { edgesOf } from "./placement.ts";
import type { Traffic } from "./traffic.ts";

/** The most operations that are computed again wherever they are read. */
const longest = 4;

/** Such nodes are no longer placed: they leave their groups. */
export function inlineCheap(
  { placement, of }: Grouping,
  traffic: Traffic,
  forced: ReadonlySet<Node>,
): void {
  const isPlaced = placement.isPlaced as Set<Node>;
  const lengths = new Map<Node, number>();
  /** How many inlined operations stand behind a node. */
  const behind = (node: Node): number =>
    node.kind === "view" && !isPlaced.has(node)
      ? behind(node.inputs[0]!)
      : (lengths.get(node) ?? 0);
  for (const node of placement.placed) {
    const isCrossing = traffic.isInMemory(node) && !placement.stored.has(node);
    if (!isCrossing || forced.has(node) || !traffic.isCheap(node)) continue;
    const length = node.inputs.reduce((sum, input) => sum + behind(input), 1);
    if (length > longest) continue;
    lengths.set(node, length);
    const group = of.get(node)!;
    group.main.delete(node);
    group.before.delete(node);
    of.delete(node);
    isPlaced.delete(node);
    placement.edges.delete(node);
    for (const reader of traffic.readersOf(node))
      placement.edges.set(reader, edgesOf(reader, isPlaced));
    traffic.forget(node);
  }
}
