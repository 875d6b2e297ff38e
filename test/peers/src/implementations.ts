// Who takes part, on what, and which tasks each can do in reasonable time.
import { join } from "node:path";
import type { Command } from "./remote.ts";
import type { NodeRuntime } from "./runtimes.ts";
import type { Task } from "./tasks.ts";

/** What the tables and bars call an implementation, whatever runs it. */
export type ImplementationId =
  | "elementwise part"
  | "interpreter"
  | "compiled"
  | "compiled, 2 threads"
  | "compiled, 2 processes"
  | "compiled, copying"
  | "jax-js"
  | "tfjs wasm"
  | "tfjs cpu"
  | "PyTorch"
  | "PyTorch, 2 threads";

export interface Implementation {
  readonly id: ImplementationId;
  /** The Node that runs it; null for PyTorch. */
  readonly node: number | null;
  readonly command: Command;
  /** Two processes that share the work, against which two threads are judged. */
  readonly twin: boolean;
  /** Why it does not take part in a task; undefined when it does. */
  readonly declines: (task: Task) => string | undefined;
}

interface NodePeer {
  readonly id: ImplementationId;
  readonly file: string;
  readonly options: object;
  readonly twin?: boolean;
  readonly declines: Implementation["declines"];
}

const always = (): undefined => undefined;
const isWide = (task: Task): boolean => task.kind === "step" && task.sizes[0] >= 100;
const byJvps = (task: Task): boolean =>
  task.kind === "step" && task.objective === "implicit by d JVPs";

const nodePeers: readonly NodePeer[] = [
  {
    id: "compiled",
    file: "cotangent-compiled.js",
    options: { threads: 1 },
    declines: always,
  },
  {
    id: "compiled, 2 threads",
    file: "cotangent-compiled.js",
    options: { threads: 2 },
    declines: always,
  },
  {
    id: "compiled, 2 processes",
    file: "cotangent-compiled.js",
    options: { threads: 1 },
    twin: true,
    declines: (task) => (isWide(task) ? undefined : "judged at the two largest sizes"),
  },
  {
    id: "compiled, copying",
    file: "cotangent-compiled.js",
    options: { threads: 1, isCopying: true },
    declines: always,
  },
  {
    id: "elementwise part",
    file: "cotangent-elementwise.js",
    options: {},
    declines: (task) => (task.kind === "step" ? undefined : "a part of steps"),
  },
  {
    id: "interpreter",
    file: "cotangent-interpreter.js",
    options: { dtype: "f32" },
    declines: (task) => {
      if (byJvps(task) && isWide(task)) return "more than ten seconds a step";
      return task.kind === "matmul" && task.n > 512 ? "more than a second a product" : undefined;
    },
  },
  {
    id: "jax-js",
    file: "jax-js.js",
    options: {},
    declines: (task) => (byJvps(task) && isWide(task) ? "more than ten seconds a step" : undefined),
  },
  {
    id: "tfjs wasm",
    file: "tfjs.js",
    options: { backend: "wasm" },
    declines: (task) => (byJvps(task) ? "it has no second derivative of tanh" : undefined),
  },
  {
    id: "tfjs cpu",
    file: "tfjs.js",
    options: { backend: "cpu" },
    declines: (task) => {
      if (byJvps(task)) return "it has no second derivative of tanh";
      if (task.kind === "matmul" && task.n > 512) return "more than two seconds a product";
      const isWidest = task.kind === "step" && task.sizes[0] >= 400;
      return isWidest ? "more than a second a step" : undefined;
    },
  },
];

/** Everyone on every Node given, PyTorch once. */
export function implementations(
  nodes: readonly NodeRuntime[],
  python: string | undefined,
): Implementation[] {
  const here = import.meta.dirname;
  const onNodes = nodes.flatMap(({ program, major }) =>
    nodePeers.map(({ id, file, options, twin = false, declines }): Implementation => {
      const path = join(here, "peers", file);
      const host = ["--expose-gc", join(here, "host.js"), path, JSON.stringify(options)];
      return { id, node: major, command: { program, options: host }, twin, declines };
    }),
  );
  if (python === undefined) return onNodes;
  const torch = ([1, 2] as const).map((threads): Implementation => {
    const script = join(here, "../src/peers/torch_peer.py");
    // The BLAS has threads of its own, which torch.set_num_threads does not reach.
    const count = String(threads);
    const env = { OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, MKL_NUM_THREADS: count };
    return {
      id: threads === 1 ? "PyTorch" : "PyTorch, 2 threads",
      node: null,
      command: { program: python, options: [script, JSON.stringify({ threads })], env },
      twin: false,
      declines: always,
    };
  });
  return [...onNodes, ...torch];
}

/** "jax-js on Node 20": one column of one run. */
export function columnName({ id, node }: { id: string; node: number | null }): string {
  return node === null ? id : `${id} on Node ${node}`;
}

/** The reference: the definition of every operation, in f64. */
export function reference(nodes: readonly NodeRuntime[]): Command {
  const path = join(import.meta.dirname, "peers/cotangent-interpreter.js");
  const host = join(import.meta.dirname, "host.js");
  return { program: nodes[0]!.program, options: [host, path, JSON.stringify({ dtype: "f64" })] };
}

/** The task whose f64 results are the truth for this one: d JVPs and the contraction are one function. */
export function referenceTask(task: Task): Task {
  return byJvps(task) ? ({ ...task, objective: "implicit by contraction" } as Task) : task;
}
