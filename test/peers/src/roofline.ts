// The least time a step could take on one core, by what was measured in the same run.
//
//   roofline = 2 Σ m n k / peak + time of the elementwise part alone
//
// The sum is over the products of the compiled step. The elementwise part alone is the same step with
// every product given instead of computed (peers/cotangent-elementwise.ts): all its activations,
// derivatives, reductions and copies, compiled by the same compiler and timed in the same rounds.
import { find, peaksIn } from "./lookup.ts";
import type { Results } from "./results.ts";
import { type Spread, spread } from "./statistics.ts";
import type { Group, Task } from "./tasks.ts";

export interface Roofline {
  /** Floating-point operations of the products, 2 m n k each. */
  readonly flops: number;
  /** Milliseconds of the products at the peak. */
  readonly products: number;
  /** Milliseconds of the elementwise part alone. */
  readonly elementwise: number;
  /** roofline / measured time, round by round: 1 is the roof. */
  readonly share: Spread;
}

/** Undefined unless step, elementwise part and peak were measured on this Node. */
export function roofline(
  results: Results,
  group: Group,
  task: Task,
  node: number,
): Roofline | undefined {
  const step = find(results, group, task, { id: "compiled", node });
  const part = find(results, group, task, { id: "elementwise part", node });
  const peaks = peaksIn(results, group, task, node);
  const flops = (step?.stats as { productFlops?: number } | null)?.productFlops;
  if (!step || !part || !peaks || flops === undefined) return undefined;
  const products = peaks.map((gflops) => flops / gflops / 1e6);
  const rounds = Math.min(step.samples.length, part.samples.length, peaks.length);
  const shares = step.samples
    .slice(0, rounds)
    .map((ms, round) => (products[round]! + part.samples[round]!) / ms);
  return {
    flops,
    products: spread(products).median,
    elementwise: spread(part.samples).median,
    share: spread(shares),
  };
}
