// schedule: from a graph to a program of few kernels.
//
//   graph ─nodes→ what each variable is ─place→ what is computed where ─group, refine→ kernels ─emit→ program
//
// Where layouts cannot be read by strides (a reshape of a permuted array, say), the nodes to blame are given
// memory, or a kernel of their own, and the schedule is made again.
import type { Graph } from "@cotangent/autodiff";
import type { Buffer, Kernel, Program } from "./program.ts";
import { type Cuts, cutAt } from "./schedule/blocked.ts";
import { Blocked } from "./schedule/code.ts";
import { type Group, Grouping } from "./schedule/groups.ts";
import { inlineCheap } from "./schedule/inline-cheap.ts";
import { kernelOf } from "./schedule/kernels.ts";
import { joinNeighbours } from "./schedule/neighbours.ts";
import type { Node } from "./schedule/node.ts";
import { Nodes } from "./schedule/nodes.ts";
import { cutsOf, memoryOf, type Placement, place } from "./schedule/placement.ts";
import { sink } from "./schedule/sink.ts";
import type { Memory } from "./schedule/storing.ts";
import { Traffic } from "./schedule/traffic.ts";

/** Gives buffers to nodes as they are asked for, numbered in that order. */
class Buffers {
  readonly list: Buffer[] = [];
  readonly #of = new Map<Node, Buffer>();
  readonly #placement: Placement;
  readonly #forced: ReadonlySet<Node>;

  constructor(placement: Placement, forced: ReadonlySet<Node>) {
    this.#placement = placement;
    this.#forced = forced;
  }

  /** The buffer of a node; the memory of an output has the output's shape. */
  of(given: Node): Buffer {
    const node = memoryOf(given, this.#forced);
    const known = this.#of.get(node);
    if (known) return known;
    const output = this.#placement.shapes.get(node);
    const isGiven = node.kind === "source" && node.role !== "made";
    const role = isGiven ? (node.role as "input" | "constant") : output ? "output" : "temporary";
    const data = node.kind === "source" && node.data ? { data: node.data } : {};
    const shape = isGiven ? node.shape : (output ?? node.shape);
    const buffer = { id: this.list.length, dtype: node.dtype, shape, role, ...data } as const;
    this.#of.set(node, buffer);
    this.list.push(buffer);
    return buffer;
  }
}

/** Placed nodes that some other group reads, or that must lie in memory. */
function storedNodes({ placement, of }: Grouping): Set<Node> {
  const stored = new Set(placement.stored);
  for (const [node, edges] of placement.edges)
    for (const { from } of edges) if (of.get(from) !== of.get(node)) stored.add(from);
  return stored;
}

/** The program, or the nodes that its kernels cannot reach. */
function emit(
  { inputs, outputs }: Nodes,
  grouping: Grouping,
  { forced, alone }: Cuts,
  tree: Pick<Graph, "inTree" | "outTree">,
): Program | ReadonlySet<Node> {
  const { placement, of } = grouping;
  const buffers = new Buffers(placement, forced);
  const stored = storedNodes(grouping);
  const memory: Memory = {
    buffer: (node) => buffers.of(node),
    isStored: (node) => stored.has(node),
    read(group: Group, node: Node) {
      const isElsewhere = placement.isPlaced.has(node) && of.get(node) !== group;
      return node.kind === "source" || isElsewhere ? buffers.of(node) : null;
    },
  };
  const given = inputs.map((input) => buffers.of(input));
  const kernels: Kernel[] = [];
  const blocked = new Set<Node>();
  for (const group of joinNeighbours(grouping, alone))
    try {
      const kernel = kernelOf(group, memory);
      if (kernel) kernels.push(kernel);
    } catch (error) {
      if (!(error instanceof Blocked)) throw error;
      blocked.add(error.node);
    }
  if (blocked.size > 0) return blocked;
  const results = outputs.map((output) => buffers.of(output));
  return {
    inputs: given,
    buffers: buffers.list,
    kernels,
    outputs: results,
    inTree: tree.inTree,
    outTree: tree.outTree,
  };
}

/** The program of a graph: same inputs, same outputs. Throws for constants of running transformations. */
export function schedule(graph: Graph): Program {
  const nodes = new Nodes(graph);
  const cuts = { forced: new Set(cutsOf(nodes)), alone: new Set<Node>() };
  for (;;) {
    const placement = place(nodes, cuts.forced);
    const grouping = new Grouping(placement, cuts.alone);
    const traffic = new Traffic(grouping);
    sink(grouping, traffic, cuts.alone);
    inlineCheap(grouping, traffic, cuts.forced);
    const made = emit(nodes, grouping, cuts, graph);
    if (!(made instanceof Set)) return made as Program;
    cutAt(made, placement, cuts);
  }
}
