// How many arrays go to memory and back, for one way to group nodes or another.
//
// Loads and stores are counted in whole arrays of the size of what is computed: smaller ones cost nothing.
import type { Group, Grouping } from "./groups.ts";
import type { Node } from "./node.ts";
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

export class Traffic {
  readonly grouping: Grouping;
  readonly #readers = new Map<Node, Set<Node>>();

  constructor(grouping: Grouping) {
    this.grouping = grouping;
    for (const node of grouping.placement.placed) this.#note(node);
  }

  #note(node: Node): void {
    for (const leaf of this.leavesOf(node))
      this.#readers.set(leaf, (this.#readers.get(leaf) ?? new Set()).add(node));
  }

  leavesOf = (node: Node): Node[] => leavesOf(node, this.grouping.placement.isPlaced);
  readersOf = (node: Node): Node[] => [...(this.#readers.get(node) ?? [])];

  /** Whether memory holds a node also if the nodes of `except` did not read it. */
  isInMemory(node: Node, except: readonly Node[] = []): boolean {
    const { of, placement } = this.grouping;
    if (node.kind === "source" || placement.stored.has(node)) return true;
    return this.readersOf(node).some(
      (reader) => !except.includes(reader) && of.get(reader) !== of.get(node),
    );
  }

  /** Whether a node is a cheap function of one array in memory: it can be had for a load, without a store. */
  isCheap(node: Node, except: readonly Node[] = [node]): boolean {
    if (node.kind !== "scalar" || !cheap.has(node.op)) return false;
    const leaves = this.leavesOf(node);
    const large = leaves.filter((leaf) => sizeOf(leaf.shape) >= sizeOf(node.shape));
    return large.length <= 1 && leaves.every((leaf) => this.isInMemory(leaf, except));
  }

  /** Arrays loaded, and stored besides, when all of `nodes` are computed in `group`. */
  cost(nodes: readonly Node[], group: Group): number {
    const { of } = this.grouping;
    const size = sizeOf(nodes[0]!.shape);
    const leaves = new Set(nodes.flatMap(this.leavesOf).filter((leaf) => !nodes.includes(leaf)));
    return [...leaves].reduce((sum, leaf) => {
      if (sizeOf(leaf.shape) < size || of.get(leaf) === group) return sum;
      const isLoaded = this.readersOf(leaf).some(
        (reader) => !nodes.includes(reader) && of.get(reader) === group,
      );
      const isThere = this.isInMemory(leaf, nodes) || this.isCheap(leaf, [leaf, ...nodes]);
      return sum + Number(!isLoaded) + Number(!isThere);
    }, 0);
  }

  /** After `node` stopped being placed, those that read it read what it reads. */
  forget(node: Node): void {
    for (const reader of this.readersOf(node)) this.#note(reader);
    for (const readers of this.#readers.values()) readers.delete(node);
    this.#readers.delete(node);
  }
}
