// What is measured: products, elementwise chains, and one training step of each objective.
//
//   matmul   C = A B, [n, n]
//   chain    y = p(x), an array of n numbers, without any product
//   step     value and gradients in all parameters, of s: [d, H, H, d], tanh, on a batch of B
//
// A task is plain data, since it travels to processes in two languages.

/** d, the data's dimension; H, the width of both hidden layers; B, the batch. */
export type Sizes = readonly [d: number, hidden: number, batch: number];

export type ObjectiveName =
  | "denoising"
  | "sliced"
  | "implicit by contraction"
  | "implicit by d JVPs"
  | "forward";

export interface MatmulTask {
  readonly kind: "matmul";
  readonly n: number;
}

export interface ChainTask {
  readonly kind: "chain";
  readonly chain: "arithmetic" | "transcendental";
  readonly n: number;
}

export interface StepTask {
  readonly kind: "step";
  readonly objective: ObjectiveName;
  readonly sizes: Sizes;
  /** M, directions per sample, of a sliced step. */
  readonly projections: number;
}

export type Task = MatmulTask | ChainTask | StepTask;

/** The groups that `--only` names, in the order in which they run. */
export const groups = ["matmul", "chains", "steps", "trace", "first", "memory", "start"] as const;
export type Group = (typeof groups)[number];

/** The sizes of the table of steps. */
export const stepSizes: readonly Sizes[] = [
  [2, 128, 256],
  [2, 128, 1024],
  [10, 128, 256],
  [100, 256, 256],
  [400, 512, 256],
];

/** d JVPs cost 3(1 + d) forward passes and as much more memory: beyond this they do not fit. */
const widestByJvps = 100;

export function matmulTasks(quick: boolean): MatmulTask[] {
  const sizes = quick ? [128, 512] : [128, 256, 512, 1024];
  return sizes.map((n) => ({ kind: "matmul", n }));
}

export function chainTasks(quick: boolean): ChainTask[] {
  const lengths = quick ? [2 ** 16] : [2 ** 12, 2 ** 16, 2 ** 20];
  return (["arithmetic", "transcendental"] as const).flatMap((chain) =>
    lengths.map((n): ChainTask => ({ kind: "chain", chain, n })),
  );
}

export function stepTasks(quick: boolean): StepTask[] {
  const sizes = quick ? stepSizes.filter(([, hidden]) => hidden < 512) : stepSizes;
  return sizes.flatMap((s) => [
    step("denoising", s),
    step("sliced", s),
    step("sliced", s, 4),
    step("implicit by contraction", s),
    ...(s[0] <= widestByJvps ? [step("implicit by d JVPs", s)] : []),
  ]);
}

/** How the exact trace grows with d, beside one projection and one forward pass. */
export function traceTasks(quick: boolean): StepTask[] {
  const dimensions = quick ? [2, 100] : [2, 10, 30, 100, 300, 1000];
  return dimensions.flatMap((d) =>
    (["forward", "sliced", "implicit by contraction"] as const).map((objective) =>
      step(objective, [d, 128, 256]),
    ),
  );
}

export function step(objective: ObjectiveName, sizes: Sizes, projections = 1): StepTask {
  return { kind: "step", objective, sizes, projections };
}

/** "sliced M=4 [2,128,256]": the name in tables, in the JSON and after --only. */
export function taskName(task: Task): string {
  if (task.kind === "matmul") return `matmul ${task.n}`;
  if (task.kind === "chain") return `${task.chain} chain ${task.n}`;
  return `${objectiveLabel(task)} [${task.sizes.join(",")}]`;
}

export function objectiveLabel({ objective, projections }: StepTask): string {
  return objective === "sliced" ? `sliced M=${projections}` : objective;
}
