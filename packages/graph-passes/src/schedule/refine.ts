// Two refinements of the groups, each of which saves memory traffic.
//
//   sink       a node read by one other kernel alone moves there, if that kernel has its inputs at hand
//   inline     a cheap function of one value in memory is computed by every kernel that reads it
//
// Traffic is counted in loads and stores of whole arrays: what is smaller than the node costs nothing.
import type { Group, Grouping } from "./groups.ts";
import type { Node } from "./node.ts";
import { edgesOf } from "./placement.ts";
import { sizeOf } from "./shapes.ts";

const cheap = new Set(
  "abs add astype ceil equal floor less lessEqual maximum mul neg notEqual round shiftRight sign sub where".split(
    " ",
  ),
);

/** What a placed node reads: sources that are no constant number, and placed nodes. */
export function leavesOf(node: Node, isPlaced: ReadonlySet<Node>): Node[] {
  const leaves = new Set<Node>();
  const walk = (reader: Node): void => {
    for (const input of reader.inputs)
      if (input.kind === "source" || isPlaced.has(input)) leaves.add(input);
      else walk(input);
  };
  walk(node);
  return [...leaves].filter((leaf) => !(leaf.kind === "source" && leaf.uniform !== undefined));
}

class Traffic {
  readonly grouping: Grouping;
  readonly readers = new Map<Node, Set<Node>>();

  constructor(grouping: Grouping) {
    this.grouping = grouping;
    for (const node of grouping.placement.placed) this.#note(node);
  }

  #note(node: Node): void {
    for (const leaf of leavesOf(node, this.grouping.placement.isPlaced)) {
      const known = this.readers.get(leaf) ?? new Set();
      this.readers.set(leaf, known.add(node));
    }
  }

  readersOf = (node: Node): Node[] => [...(this.readers.get(node) ?? [])];

  /** Whether a kernel other than its own reads a node, or memory must hold it. */
  isInMemory(node: Node, except?: Node): boolean {
    const { of, placement } = this.grouping;
    if (node.kind === "source" || placement.stored.has(node)) return true;
    return this.readersOf(node).some(
      (reader) => reader !== except && of.get(reader) !== of.get(node),
    );
  }

  /** Arrays loaded, and stored besides, when `node` is computed in `group`. */
  cost(node: Node, group: Group): number {
    const { of, placement } = this.grouping;
    const size = sizeOf(node.shape);
    return leavesOf(node, placement.isPlaced).reduce((sum, leaf) => {
      if (sizeOf(leaf.shape) < size || of.get(leaf) === group) return sum;
      const isLoaded = this.readersOf(leaf).some(
        (reader) => reader !== node && of.get(reader) === group,
      );
      return sum + Number(!isLoaded) + Number(!this.isInMemory(leaf, node));
    }, 0);
  }

  /** After `node` stopped being placed, those that read it read what it reads. */
  forget(node: Node): void {
    for (const reader of this.readersOf(node)) this.#note(reader);
    for (const leaf of [...this.readers.keys()]) this.readers.get(leaf)!.delete(node);
    this.readers.delete(node);
  }
}

/** Where in `group` a node goes that `readers` read there; null if it cannot. */
function sideFor(group: Group, readers: readonly Node[]): Set<Node> | null {
  if (readers.every((reader) => group.main.has(reader))) return group.main;
  const isBefore = (reader: Node) => reader === group.anchor || group.before.has(reader);
  return group.anchor?.kind === "reduce" && readers.every(isBefore) ? group.before : null;
}

function sink(grouping: Grouping, traffic: Traffic, alone: ReadonlySet<Node>): void {
  const { placed, stored } = grouping.placement;
  for (const node of placed.toReversed()) {
    const group = grouping.of.get(node)!;
    const readers = traffic.readersOf(node);
    const to = readers.length > 0 ? grouping.of.get(readers[0]!)! : group;
    const isFixed =
      (node.kind !== "scalar" && node.kind !== "view") || stored.has(node) || alone.has(node);
    if (
      isFixed ||
      to === group ||
      readers.some((reader) => alone.has(reader) || grouping.of.get(reader) !== to)
    )
      continue;
    const isSame = readers.every((reader) =>
      grouping.edges(reader).every(({ from, same }) => same || from !== node),
    );
    const side = isSame ? sideFor(to, readers) : null;
    if (side && 2 + traffic.cost(node, group) > traffic.cost(node, to))
      grouping.move(node, group, side, to);
  }
}

/** The most operations that are computed again wherever they are read. */
const longest = 4;

function inlineCheap(grouping: Grouping, traffic: Traffic, forced: ReadonlySet<Node>): void {
  const { placement, of } = grouping;
  const isPlaced = placement.isPlaced as Set<Node>;
  const lengths = new Map<Node, number>();
  /** How many inlined operations stand behind a node. */
  const behind = (node: Node): number =>
    node.kind === "view" && !isPlaced.has(node)
      ? behind(node.inputs[0]!)
      : (lengths.get(node) ?? 0);
  for (const node of placement.placed) {
    if (
      node.kind !== "scalar" ||
      !cheap.has(node.op) ||
      forced.has(node) ||
      placement.stored.has(node)
    )
      continue;
    if (!traffic.isInMemory(node)) continue;
    const leaves = leavesOf(node, isPlaced);
    const large = leaves.filter((leaf) => sizeOf(leaf.shape) >= sizeOf(node.shape));
    const length = node.inputs.reduce((sum, input) => sum + behind(input), 1);
    if (
      length > longest ||
      large.length > 1 ||
      !leaves.every((leaf) => traffic.isInMemory(leaf, node))
    )
      continue;
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

export function refine(
  grouping: Grouping,
  alone: ReadonlySet<Node>,
  forced: ReadonlySet<Node>,
): void {
  const traffic = new Traffic(grouping);
  sink(grouping, traffic, alone);
  inlineCheap(grouping, traffic, forced);
}
