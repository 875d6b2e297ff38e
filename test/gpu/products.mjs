/**
 * What a thread of a product may compute, and how its text is written: docs/design/gpu-products.md.
 *
 *   node test/gpu/products.mjs webgpu|webasm|cpu [rounds]
 *
 * C = X W, [256, 128] × [128, 128], as a pipeline of one kernel of gpu.js. Milliseconds of processor
 * time, all threads of the process, so that a busy machine disturbs little; on a GPU read a clock.
 */
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { GPU, input } from "gpu.js";

const [mode = "cpu", rounds = "9"] = process.argv.slice(2);
const [rows, inner, columns] = [256, 128, 128];
const block = 64;

/** Σ over blocks of 64, `turn` terms written out in one turn of the inner loop. */
function sums(names, turn, terms) {
  const parts = names.map((name) => `let ${name} = 0.0;`).join(" ");
  const adds = Array.from({ length: turn }, (_, j) =>
    terms(`(b * ${block} + i * ${turn} + ${j})`).map((term, n) => `part${n} += ${term};`),
  ).flat();
  return `${parts}
for (let b = 0; b < ${inner / block}; b++) {
  ${names.map((_, n) => `let part${n} = 0.0;`).join(" ")}
  for (let i = 0; i < ${block / turn}; i++) {
    ${adds.join("\n    ")}
  }
  ${names.map((name, n) => `${name} += part${n};`).join(" ")}
}`;
}

const one = (turn) => `function (x, w) {
${sums(["total"], turn, (k) => [`x[this.thread.y][${k}] * w[${k}][this.thread.x]`])}
return total;
}`;

const four = (turn) => `function (x, w) {
${sums(["a", "b0", "c", "d"], turn, (k) =>
  [0, 1, 2, 3].map((j) => `x[this.thread.y][${k}] * w[${k}][this.thread.x * 4 + ${j}]`),
)}
return [a, b0, c, d];
}`;

const tile = `function (x, w) {
let a = 0.0; let b0 = 0.0; let c = 0.0; let d = 0.0;
for (let b = 0; b < ${inner / block}; b++) {
  let pa = 0.0; let pb = 0.0; let pc = 0.0; let pd = 0.0;
  for (let i = 0; i < ${block}; i++) {
    const x0 = x[this.thread.y * 2][b * ${block} + i];
    const x1 = x[this.thread.y * 2 + 1][b * ${block} + i];
    const w0 = w[b * ${block} + i][this.thread.x * 2];
    const w1 = w[b * ${block} + i][this.thread.x * 2 + 1];
    pa += x0 * w0; pb += x0 * w1; pc += x1 * w0; pd += x1 * w1;
  }
  a += pa; b0 += pb; c += pc; d += pd;
}
return [a, b0, c, d];
}`;

const named = `function (x, w) {
const row = this.thread.y;
const column = this.thread.x;
let total = 0.0;
for (let at = 0; at < ${inner}; at += ${block}) {
  let part = 0.0;
  for (let i = 0; i < ${block}; i++) {
    const k = at + i;
    part += x[row][k] * w[k][column];
  }
  total += part;
}
return total;
}`;

const variants = [
  [
    "nothing but a copy",
    "function (x, w) { return x[this.thread.y][this.thread.x] + w[0][0]; }",
    [columns, rows],
  ],
  ["one number, indices with names", named, [columns, rows]],
  ...[1, 2, 4, 8, 16, 64].map((turn) => [`one number, ${turn} a turn`, one(turn), [columns, rows]]),
  ["four columns, 1 a turn", four(1), [columns / 4, rows]],
  ["four columns, 8 a turn", four(8), [columns / 4, rows]],
  ["2 × 2, 1 a turn", tile, [columns / 2, rows / 2]],
];

if (mode === "webgpu") {
  const { create, globals } = createRequire(import.meta.url)("webgpu");
  Object.assign(globalThis, globals);
  globalThis.navigator ??= {};
  Object.defineProperty(navigator, "gpu", { value: create([]), configurable: true });
}
const gpu = new GPU({ mode });
const x = Float32Array.from({ length: rows * inner }, (_, i) => Math.sin(i));
const w = Float32Array.from({ length: inner * columns }, (_, i) => Math.cos(i));
const prepared = [];
for (const [name, source, output] of variants) {
  const kernel = gpu.createKernel(source, { output, precision: "single" });
  const plan = gpu.createPipeline((a, b) => kernel(a, b), { threads: false });
  const run = () => plan(input(x, [inner, rows]), input(w, [columns, inner]));
  for (let i = 0; i < 3; i++) await run();
  prepared.push({ name, plan, run, processor: [], clock: [] });
}
for (let round = 0; round < Number(rounds); round++)
  for (const { run, processor, clock } of prepared) {
    const [used, start] = [process.cpuUsage(), performance.now()];
    await run();
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1e3);
    clock.push(performance.now() - start);
  }
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1].toFixed(1);
console.table(
  prepared.map(({ name, plan, processor, clock }) => ({
    "a thread computes": name,
    "processor, ms": median(processor),
    "clock, ms": median(clock),
    executor: plan.executorKind,
  })),
);
process.exit(0);
