// Groups of nodes that become one kernel each.
//
//   loop: scalar nodes of one size;   reduce: nodes before the fold, the reduction, nodes after it;
//   matmul: the product and the nodes of its epilogue;   opaque and zero nodes stay alone
//
// Two groups merge when every edge between them reads element i for element i, and no path leads from the
// one to the other through a third: so the groups always form a DAG. Going through the nodes in order, each
// joins the latest of the groups it reads from, where the value is at hand.
import type { Matmul, Node, Opaque, Reduce, Zero } from "./node.ts";
import type { Edge, Placement } from "./placement.ts";

export interface Group {
  readonly anchor: Reduce | Matmul | Opaque | Zero | null;
  /** What is computed for each element of a loop, or after the anchor. */
  readonly main: Set<Node>;
  /** What is computed before it is folded. */
  readonly before: Set<Node>;
  first: number;
  last: number;
}

const isAnchor = (node: Node) => ["reduce", "matmul", "opaque", "zero"].includes(node.kind);
const loose = (anchor: Group["anchor"]) =>
  anchor === null || anchor.kind === "reduce" || anchor.kind === "matmul";

/** The most nodes of a kernel: beyond, code would outgrow registers, and compilers their patience. */
const largest = 256;
const sizeOfGroup = ({ main, before }: Group): number => main.size + before.size;
/** Whether a group may take `count` more nodes. */
export const hasRoom = (group: Group, count: number): boolean =>
  sizeOfGroup(group) + count <= largest;

export class Grouping {
  readonly placement: Placement;
  readonly of: Map<Node, Group>;
  /** Nodes that must not share a kernel. */
  readonly #alone: ReadonlySet<Node>;

  constructor(placement: Placement, alone: ReadonlySet<Node>) {
    this.placement = placement;
    this.#alone = alone;
    this.of = new Map(
      placement.placed.map((node) => {
        const anchor = isAnchor(node) ? (node as Group["anchor"]) : null;
        const main = new Set(anchor ? [] : [node]);
        return [
          node,
          { anchor, main, before: new Set<Node>(), first: node.position, last: node.position },
        ];
      }),
    );
    for (const node of placement.placed)
      for (const { from } of this.edges(node).toSorted((a, b) => b.from.position - a.from.position))
        this.#merge(this.of.get(from)!, this.of.get(node)!);
  }

  edges = (node: Node): readonly Edge[] => this.placement.edges.get(node)!;

  members = ({ anchor, main, before }: Group): Node[] => [
    ...before,
    ...(anchor ? [anchor] : []),
    ...main,
  ];

  /** The groups that a group reads from. */
  sources(group: Group): Set<Group> {
    const sources = new Set<Group>();
    for (const node of this.members(group))
      for (const { from } of this.edges(node)) sources.add(this.of.get(from)!);
    sources.delete(group);
    return sources;
  }

  /** Whether `to` reads what `from` writes by way of a third group. */
  isReachedByDetour(from: Group, to: Group): boolean {
    const seen = new Set<Group>([from]);
    const visit = (group: Group): boolean => {
      for (const source of this.sources(group)) {
        if (source === from && group !== to) return true;
        if (seen.has(source) || source.last < from.first) continue;
        seen.add(source);
        if (visit(source)) return true;
      }
      return false;
    };
    return visit(to);
  }

  /** Where a group's nodes go when all its edges touch `nodes` of a reduction, or an epilogue: null if nowhere. */
  #side(group: Group, nodes: readonly Node[]): Set<Node> | null {
    if (nodes.every((node) => node === group.anchor || group.main.has(node))) return group.main;
    return nodes.every((node) => group.before.has(node)) ? group.before : null;
  }

  #merge(a: Group, b: Group): void {
    if (a === b || !loose(a.anchor) || !loose(b.anchor) || (a.anchor && b.anchor)) return;
    if (!hasRoom(a, sizeOfGroup(b))) return;
    const between = this.members(b).flatMap((reader) =>
      this.edges(reader).flatMap((edge) =>
        this.of.get(edge.from) === a ? [{ ...edge, reader }] : [],
      ),
    );
    // A recomputation must not move up to the kernel whose values it recomputes from.
    const stays = between.every(
      ({ from, reader }) => reader.region === 0 || reader.region === from.region,
    );
    const isAlone =
      this.#alone.size > 0 &&
      [...this.members(a), ...this.members(b)].some((node) => this.#alone.has(node));
    if (isAlone || !stays || !between.every(({ same }) => same)) return;
    const [keep, move] = b.anchor ? [b, a] : [a, b];
    const touched = between.map(({ from, reader }) => (keep === b ? reader : from));
    // What a reduction folds is computed before it; what reads its result, after it.
    const feeds =
      keep === b &&
      b.anchor?.kind === "reduce" &&
      touched.every((node) => node === b.anchor || b.before.has(node));
    const side = feeds
      ? b.before
      : keep === b && touched.includes(b.anchor!)
        ? null
        : this.#side(keep, touched);
    if (side === null || this.isReachedByDetour(a, b)) return;
    for (const node of move.main) {
      side.add(node);
      this.of.set(node, keep);
    }
    keep.first = Math.min(a.first, b.first);
    keep.last = Math.max(a.last, b.last);
  }

  /** Moves a node of `from` to the group that alone reads it. */
  move(node: Node, from: Group, side: Set<Node>, to: Group): void {
    from.main.delete(node);
    from.before.delete(node);
    side.add(node);
    this.of.set(node, to);
    to.first = Math.min(to.first, node.position);
  }

  /** Adds the nodes of a loop to another one. */
  join(into: Group, other: Group): void {
    for (const node of other.main) {
      into.main.add(node);
      this.of.set(node, into);
    }
    into.first = Math.min(into.first, other.first);
    into.last = Math.max(into.last, other.last);
  }

  /** The groups that are left, each after those it reads from; late ones late. */
  ordered(): Group[] {
    const order = new Set<Group>();
    const visit = (group: Group): void => {
      if (order.has(group)) return;
      for (const source of [...this.sources(group)].sort((a, b) => a.last - b.last)) visit(source);
      order.add(group);
    };
    for (const group of [...new Set(this.of.values())].sort((a, b) => a.last - b.last))
      visit(group);
    return [...order];
  }
}
