// Readings of products: against the faster peer, and as a share of the peak.
import { digits } from "../format.ts";
import { find, peaksIn, timeRatio } from "../lookup.ts";
import { ratio, spread } from "../statistics.ts";
import type { Task } from "../tasks.ts";
import type { Bar } from "./bar.ts";

const matmul512: Task = { kind: "matmul", n: 512 };

export const matmulAgainstPeers: Bar["read"] = (results, node) => {
  const both = (["jax-js", "tfjs wasm"] as const).flatMap((id) => {
    const r = timeRatio(results, "matmul", matmul512, { id, node }, { id: "compiled", node });
    return r ? [{ value: r.median, what: id }] : [];
  });
  // The faster peer is the one that takes the fewest times as long as we do.
  return both.sort((a, b) => a.value - b.value).slice(0, 1);
};

export const matmulShare: Bar["read"] = (results, node) => {
  const own = find(results, "matmul", matmul512, { id: "compiled", node });
  const peaks = peaksIn(results, "matmul", matmul512, node);
  if (!own || !peaks) return [];
  const gflops = own.samples.map((ms) => (2 * 512 ** 3) / ms / 1e6);
  const what = `${digits(spread(gflops).median)} of ${digits(spread(peaks).median)} GFLOP/s`;
  return [{ value: 100 * ratio(gflops, peaks).median, what }];
};
