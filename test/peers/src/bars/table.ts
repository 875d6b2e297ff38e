// The bars, in the order of the report.
import type { ObjectiveName } from "../tasks.ts";
import type { Bar } from "./bar.ts";
import { fisherRatios, startSeconds } from "./main-job.ts";
import { matmulAgainstPeers, matmulShare } from "./products.ts";
import { building, failures, firstCalls, memoryGrowth } from "./running.ts";
import {
  contractionAgainstBackprops,
  shares,
  speedups,
  steps,
  threadsAgainstProcesses,
} from "./steps.ts";
import { traceAgainstSliced, traceGrowth } from "./trace.ts";

const same = (bound: number): Bar["bounds"] => ({ 20: bound, 24: bound });
const objectives: readonly ObjectiveName[] = ["denoising", "sliced"];

export const bars: readonly Bar[] = [
  {
    measure: "tasks on which the compiled function fails, or differs from the reference",
    bounds: same(0),
    sense: "at most",
    unit: "tasks",
    read: failures,
  },
  {
    measure: "matmul 512 against the faster of jax-js and tfjs wasm",
    bounds: { 20: 1.2, 24: 2 },
    sense: "at least",
    unit: "×",
    read: matmulAgainstPeers,
  },
  {
    measure: "matmul 512, share of the f32x4 peak",
    bounds: same(80),
    sense: "at least",
    unit: "%",
    read: matmulShare,
  },
  {
    measure: "every step, share of its roofline",
    bounds: same(80),
    sense: "at least",
    unit: "%",
    read: shares,
  },
  {
    measure: "denoising and sliced at H = 128 against jax-js",
    bounds: same(3),
    sense: "at least",
    unit: "×",
    read: speedups(
      "jax-js",
      "steps",
      steps(objectives, (h) => h === 128),
    ),
  },
  {
    measure: "denoising and sliced at [100,256,256], [400,512,256] against jax-js",
    bounds: { 20: 2, 24: 2.5 },
    sense: "at least",
    unit: "×",
    read: speedups(
      "jax-js",
      "steps",
      steps(objectives, (h) => h >= 256),
    ),
  },
  {
    measure: "denoising and sliced at H = 128 against PyTorch (an aim, on Node 24)",
    bounds: { 24: 1 },
    sense: "at least",
    unit: "×",
    read: speedups(
      "PyTorch",
      "steps",
      steps(objectives, (h) => h === 128),
    ),
  },
  {
    measure: "2 threads against 2 processes that share the work, [100,256,256], [400,512,256]",
    bounds: same(0.9),
    sense: "at least",
    unit: "×",
    read: threadsAgainstProcesses,
  },
  {
    measure: "implicit by contraction against sliced M=1, H = 128, B = 256, d to 300",
    bounds: same(1.5),
    sense: "at most",
    unit: "×",
    read: traceAgainstSliced,
  },
  {
    measure: "its growth with d, over the growth of one forward pass, d to 1,000",
    bounds: same(1.1),
    sense: "at most",
    unit: "×",
    read: traceGrowth,
  },
  {
    measure: "implicit by contraction at [100,256,256] against PyTorch's d backprops",
    bounds: { 20: 25, 24: 40 },
    sense: "at least",
    unit: "×",
    read: contractionAgainstBackprops,
  },
  {
    measure: "trace and compilation of the first call, every step",
    bounds: same(60),
    sense: "at most",
    unit: "ms",
    read: building,
  },
  {
    measure: "first call, its run included, every step",
    bounds: same(60),
    sense: "at most",
    unit: "ms",
    read: firstCalls,
  },
  {
    measure: "growth of the process over the last 5,000 of 10,000 steps",
    bounds: same(2),
    sense: "at most",
    unit: "MB",
    read: memoryGrowth,
  },
  {
    measure: "the comparison of npm start, all of it, built",
    bounds: same(30),
    sense: "at most",
    unit: "s",
    read: startSeconds,
  },
  {
    measure: "its Fisher divergences over the interpreter's at equal seconds",
    bounds: same(1),
    sense: "at most",
    unit: "×",
    read: fisherRatios((end) => [end / 2, end]),
  },
  {
    measure: "its Fisher divergences over the interpreter's at the end (5% is chance)",
    bounds: same(1.05),
    sense: "at most",
    unit: "×",
    read: fisherRatios(() => [Number.POSITIVE_INFINITY]),
  },
];
