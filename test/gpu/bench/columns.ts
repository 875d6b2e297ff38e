// Who takes part, and where: this package three ways on every backend, and others in the browser.
import type { Task } from "../../peers/src/tasks.ts";

export type Host = "Node" | "Chromium" | "Python";

/** An implementation on a backend of a host. */
export interface Column {
  readonly way: "fused" | "calls" | "trainer" | "jax-js" | "tfjs" | "brain.js" | "PyTorch";
  readonly backend: "webgpu" | "webgl2" | "webgl" | "webasm" | "wasm" | "cpu" | "cuda";
  readonly host: Host;
}

const own = (host: Host, backends: readonly Column["backend"][]): Column[] =>
  backends.flatMap((backend) =>
    (["fused", "calls", "trainer"] as const).map((way) => ({ way, backend, host })),
  );

/** In the order of the tables. */
export const columns: readonly Column[] = [
  ...own("Node", ["webgpu", "webasm", "cpu"]),
  ...own("Chromium", ["webgpu", "webgl2"]),
  { way: "jax-js", backend: "webgpu", host: "Chromium" },
  { way: "jax-js", backend: "wasm", host: "Chromium" },
  { way: "tfjs", backend: "webgpu", host: "Chromium" },
  { way: "tfjs", backend: "webgl", host: "Chromium" },
  { way: "brain.js", backend: "webgl2", host: "Chromium" },
  { way: "brain.js", backend: "cpu", host: "Chromium" },
  { way: "PyTorch", backend: "cuda", host: "Python" },
];

/** "fused, webgpu in Node" */
export const columnName = ({ way, backend, host }: Column): string =>
  `${way}, ${backend} in ${host}`;

/** Why a column does not take part in a task; undefined when it does. */
export function declines({ way }: Column, task: Task): string | undefined {
  if (task.kind !== "step" || task.objective === "denoising") return undefined;
  if (way === "trainer") return "measured on denoising";
  if (way === "brain.js") return "it has one objective, plain regression";
  return undefined;
}
