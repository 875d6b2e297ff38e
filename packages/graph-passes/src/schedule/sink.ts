// A node that one other kernel alone reads moves there, if that saves traffic.
//
// With it go those before it that only it needs: together they may need less than what they make.
import { type Group, type Grouping, hasRoom } from "./groups.ts";
import type { Node } from "./node.ts";
import type { Traffic } from "./traffic.ts";

/** Where in `group` a node goes that `readers` read there; null if it cannot. */
function sideFor(group: Group, readers: readonly Node[]): Set<Node> | null {
  if (readers.every((reader) => group.main.has(reader))) return group.main;
  const isBefore = (reader: Node) => reader === group.anchor || group.before.has(reader);
  return group.anchor?.kind === "reduce" && readers.every(isBefore) ? group.before : null;
}

export function sink(grouping: Grouping, traffic: Traffic, alone: ReadonlySet<Node>): void {
  const { placed, stored } = grouping.placement;
  const isMovable = (node: Node) =>
    (node.kind === "scalar" || node.kind === "view") && !stored.has(node) && !alone.has(node);

  /** A node and those of its group that nothing else reads. */
  const chainOf = (node: Node): Node[] => {
    const chain = [node];
    for (const member of chain)
      for (const leaf of traffic.leavesOf(member)) {
        const isOwn = grouping.of.get(leaf) === grouping.of.get(node) && isMovable(leaf);
        const isExclusive = traffic.readersOf(leaf).every((reader) => chain.includes(reader));
        if (isOwn && isExclusive && !chain.includes(leaf)) chain.push(leaf);
      }
    return chain;
  };

  for (const node of placed.toReversed()) {
    const readers = traffic.readersOf(node);
    if (!isMovable(node) || readers.length === 0) continue;
    const group = grouping.of.get(node)!;
    const to = grouping.of.get(readers[0]!)!;
    const isOne = readers.every((reader) => grouping.of.get(reader) === to && !alone.has(reader));
    const isSame = readers.every((reader) =>
      grouping.edges(reader).every(({ from, same }) => same || from !== node),
    );
    const side = to !== group && isOne && isSame ? sideFor(to, readers) : null;
    if (side === null) continue;
    // Now the node is stored here and loaded there.
    const saves = (chain: readonly Node[]) =>
      hasRoom(to, chain.length) && 2 + traffic.cost(chain, group) > traffic.cost(chain, to);
    const chain = [chainOf(node), [node]].find(saves);
    for (const member of chain ?? []) grouping.move(member, group, side, to);
  }
}
