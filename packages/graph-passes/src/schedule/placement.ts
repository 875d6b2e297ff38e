// Which nodes are computed once, in a kernel of their own or of others, and which wherever they are read.
//
//   placed     reductions, products, opaque equations, parts; scalar nodes unless inlined; forced views
//   inlined    scalar nodes whose readers take disjoint parts of them (two slices of one draw), or turn
//              them around: computing them where they are read costs no more and saves the memory
//
// `Edges` are what the grouping sees: from which placed nodes a placed node reads, and whether element i
// of the one is read for element i of the other alone (`same`): only then can they share a kernel.
import { broadcastLayout, isIdentity } from "./access.ts";
import type { Node } from "./node.ts";
import type { Nodes } from "./nodes.ts";
import { type Shape, sameShape, sizeOf } from "./shapes.ts";

export interface Edge {
  readonly from: Node;
  readonly same: boolean;
}

export interface Placement {
  /** In order. */
  readonly placed: readonly Node[];
  readonly isPlaced: ReadonlySet<Node>;
  readonly edges: Map<Node, readonly Edge[]>;
  /** Placed nodes that must lie in memory: operands of products and opaque equations, outputs. */
  readonly stored: Set<Node>;
  /** The shape in which an output wants the memory of its node. */
  readonly shapes: ReadonlyMap<Node, Shape>;
}

/** Whether input `i` of a node is read element by element, in the same order. */
export function keepsOrder(node: Node, input: Node): boolean {
  const size = sizeOf(input.shape);
  if (node.kind === "view") return isIdentity(node.layout, size);
  if (node.kind === "scalar") return isIdentity(broadcastLayout(input.shape, node.shape), size);
  return (node.kind === "part" || node.kind === "reduce") && input.kind !== "zero";
}

/** The node whose memory serves as that of `node`, seen through reshapes. */
export function memoryOf(node: Node, forced: ReadonlySet<Node>): Node {
  const isBase = node.kind !== "view" || forced.has(node) || !keepsOrder(node, node.inputs[0]!);
  return isBase ? node : memoryOf(node.inputs[0]!, forced);
}

/** Forces views of outputs that need memory of their own; the rest lend the shape to the node behind. */
function outputShapes(outputs: readonly Node[], forced: Set<Node>): Map<Node, Shape> {
  const shapes = new Map<Node, Shape>();
  // In the order of the graph: what is forced changes the memory of later nodes only.
  for (const output of outputs.toSorted((a, b) => a.position - b.position)) {
    const memory = memoryOf(output, forced);
    const isGiven = memory.kind === "source" && memory.role !== "made";
    const taken = isGiven ? memory.shape : shapes.get(memory);
    const isTaken = taken !== undefined && !sameShape(taken, output.shape);
    const isOwn = !isTaken && (memory.kind !== "view" || forced.has(memory));
    if (!isOwn) forced.add(output);
    shapes.set(isOwn ? memory : output, output.shape);
  }
  return shapes;
}

interface Use {
  readonly size: number;
  readonly same: boolean;
  /** Needs memory. */
  readonly hard: boolean;
}

/** Whether computing a scalar node at its readers does no more work than computing it once. */
function isInlined(node: Node, uses: readonly Use[]): boolean {
  const total = uses.reduce((sum, { size }) => sum + size, 0);
  const isFree = total <= sizeOf(node.shape) && !uses.every(({ same }) => same);
  return node.kind === "scalar" && isFree && !uses.some(({ hard }) => hard);
}

/** The placed nodes that `node` reads, through views and inlined nodes. */
export function edgesOf(node: Node, isPlaced: ReadonlySet<Node>): Edge[] {
  const edges = new Map<string, Edge>();
  const push = (from: Node, same: boolean) => edges.set(`${from.position} ${same}`, { from, same });
  const walk = (reader: Node, same: boolean): void => {
    for (const input of reader.inputs) {
      const isSame = same && keepsOrder(reader, input);
      if (input.kind === "source") for (const writer of input.writers) push(writer, false);
      else if (isPlaced.has(input)) push(input, isSame);
      else walk(input, isSame);
    }
  };
  walk(node, true);
  return [...edges.values()];
}

/** The longest chain of views and scalar operations that a reader follows. */
const deepest = 256;

/**
 * The most operations that one element is made of, each counted as often as it is read: a product of all elements by halves
 * would become one kernel with all of them in its code.
 */
const largest = 256;

/** Nodes at which longer chains and larger trees are cut: they are placed, so that the walks through what is not end there. */
export function cutsOf({ nodes }: Nodes): Node[] {
  const depths = new Map<Node, number>();
  const sizes = new Map<Node, number>();
  return nodes.filter((node) => {
    if (node.kind !== "view" && node.kind !== "scalar") return false;
    const depth = 1 + Math.max(0, ...node.inputs.map((input) => depths.get(input) ?? 0));
    const size = node.inputs.reduce((sum, input) => sum + (sizes.get(input) ?? 0), 1);
    const isCut = depth === deepest || (node.kind === "scalar" && size > largest);
    depths.set(node, isCut ? 0 : depth);
    sizes.set(node, isCut ? 0 : size);
    return isCut;
  });
}

/** Decides for the nodes that outputs depend on; `forced` nodes are placed, and grow by outputs. */
export function place({ nodes, outputs }: Nodes, forced: Set<Node>): Placement {
  // Opaque equations read whole arrays in row-major order.
  for (const node of nodes)
    if (node.kind === "opaque")
      for (const input of node.inputs)
        if (memoryOf(input, forced).kind === "view") forced.add(input);
  const shapes = outputShapes(outputs, forced);
  const uses = new Map<Node, Use[]>();
  const use = (node: Node, given: readonly Use[]) =>
    uses.set(node, [...(uses.get(node) ?? []), ...given]);
  for (const output of outputs)
    use(memoryOf(output, forced), [{ size: 0, same: false, hard: true }]);
  const placed: Node[] = [];
  const live = new Set<Node>();
  for (const node of nodes.toReversed()) {
    const isFilled =
      node.kind === "opaque" ? node.results.some((result) => uses.has(result)) : false;
    const isFilling = (node.kind === "part" || node.kind === "zero") && uses.has(node.target);
    const own = uses.get(node) ?? [];
    if (own.length === 0 && !isFilled && !isFilling) continue;
    live.add(node);
    if (node.kind === "source") continue;
    const isVirtual = !forced.has(node) && (node.kind === "view" || isInlined(node, own));
    if (!isVirtual) placed.push(node);
    const hard = node.kind === "matmul" || node.kind === "opaque";
    for (const input of node.inputs) {
      const same = keepsOrder(node, input);
      const size = sizeOf(node.kind === "reduce" ? input.shape : node.shape);
      use(
        input,
        isVirtual
          ? own.map((each) => ({ ...each, same: each.same && same }))
          : [{ size, same, hard }],
      );
    }
  }
  placed.reverse();
  const isPlaced = new Set(placed);
  const isStored = (node: Node) => uses.get(node)!.some(({ hard }) => hard);
  return {
    placed,
    isPlaced,
    edges: new Map(placed.map((node) => [node, edgesOf(node, isPlaced)])),
    stored: new Set(placed.filter((node) => uses.has(node) && isStored(node))),
    shapes,
  };
}
