// Times matrix products on this machine, as shares of the in-register peak and of a copy measured in the same run.
//
//   npx tsc -b packages/cpu-kernels
//   node packages/cpu-kernels/bench/matmul.mjs [f32|f64] [rounds] [filter]
//
// A share is the median over rounds of (product's flops/s ÷ peak's flops/s right before it), since the clock and the
// neighbours change between rounds. GB/s counts each operand and the result once.

import { matmul, peak, peakFlops } from "../dist/matmul/index.js";
import { call, hasRelaxedSimd, i32, ModuleBuilder } from "../dist/wasm/index.js";

const dtype = process.argv[2] ?? "f32";
const rounds = Number(process.argv[3] ?? 9);
const filter = process.argv[4] ?? "";
const bytes = dtype === "f32" ? 4 : 8;
const relaxed = hasRelaxedSimd();
// height,vectors,unroll,depth,tiles instead of the measured block sizes
const given = process.env.BLOCKING?.split(",").map(Number);
const blocking = given && {
  height: given[0],
  vectors: given[1],
  unroll: given[2],
  depth: given[3],
  tiles: given[4],
};

const form = (rows, depth, columns, kind = "NN") => ({
  rows,
  depth,
  columns,
  kind,
  left: kind[0] === "N" ? { row: depth, depth: 1 } : { row: 1, depth: rows },
  right: kind[1] === "N" ? { depth: columns, column: 1 } : { depth: 1, column: depth },
});

const shapes = [
  ...[128, 256, 512, 1024].flatMap((n) => ["NN", "NT", "TN"].map((kind) => form(n, n, n, kind))),
  form(256, 128, 128),
  form(256, 128, 128, "NT"),
  form(128, 256, 128, "TN"),
  form(256, 512, 512),
  form(512, 256, 512, "TN"),
  form(256, 400, 512),
  form(400, 256, 512, "TN"),
  form(256, 512, 400, "NT"),
  form(256, 100, 256),
  form(256, 256, 100, "NT"),
  form(100, 256, 256, "TN"),
  form(256, 256, 100),
  form(256, 10, 128),
  form(256, 128, 10),
  form(10, 256, 128, "TN"),
  form(256, 128, 10, "NT"),
  form(128, 256, 10, "TN"),
  ...[1, 2, 3, 4].flatMap((d) => [form(1024, d, 128), form(1024, d, 128, "NT")]),
  ...[1, 2, 3].flatMap((d) => [
    form(1024, 128, d),
    form(1024, 128, d, "NT"),
    form(128, 1024, d, "TN"),
    form(d, 1024, 128, "TN"),
    form(d, 128, 128),
    form(d, 128, 128, "NT"),
  ]),
].filter(({ rows, depth, columns, kind }) => `${rows}x${depth}x${columns}${kind}`.includes(filter));

const m = new ModuleBuilder({ memory: { pages: 512, export: "memory" } });
const base = 65536;
const MB = 2 ** 20;
const [left, right, packed, out, scratch] = [0, 5, 10, 15, 20].map(
  (at) => base + at * MB + at * 64,
);
peak(m, dtype, relaxed);
m.export("peak", peak(m, dtype, relaxed));
const built = shapes.map((shape, at) => {
  const product = matmul(m, { dtype, relaxed, ...shape, ...(blocking && { blocking }) });
  m.function(`run${at}`, { export: `run${at}` }, (fb) => {
    const { packed: form } = product;
    if (form) fb.push(call(form.pack, i32(right), i32(packed)));
    if (!process.env.PACK_ONLY)
      fb.push(
        call(
          product.multiply,
          i32(left),
          i32(form ? packed : right),
          i32(out),
          i32(0),
          i32(shape.rows),
          i32(scratch),
        ),
      );
  });
  return { ...shape, path: product.path };
});
const started = performance.now();
const code = m.toBytes();
const encoded = performance.now();
const instance = new WebAssembly.Instance(new WebAssembly.Module(code));
const compiled = performance.now();
console.log(
  `${dtype}, node ${process.version}, relaxed ${relaxed}: ${code.length} bytes, encoded in ${(encoded - started).toFixed(1)} ms, compiled in ${(compiled - encoded).toFixed(1)} ms`,
);
const { memory } = instance.exports;
const View = dtype === "f32" ? Float32Array : Float64Array;
const data = new View(memory.buffer, 0);
for (let i = 0; i < data.length; i++) data[i] = Math.sin(i * 1.7);

const median = (xs) => xs.toSorted((a, b) => a - b)[xs.length >> 1];
/** Processor seconds of this process: what it used while others had the core does not count. */
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1e-6;
};
/** Seconds of one call, over a block of calls that lasts about `target` seconds. */
function timeOf(f, target) {
  let calls = 1;
  for (;;) {
    const start = clock();
    for (let i = 0; i < calls; i++) f();
    const seconds = clock() - start;
    if (seconds > target) return seconds / calls;
    calls = Math.ceil(
      calls * Math.min(10, Math.max(1.5, (1.2 * target) / Math.max(seconds, 1e-6))),
    );
  }
}

const iterations = 20000;
const peakRate = () =>
  (peakFlops(dtype) * iterations) / timeOf(() => instance.exports.peak(iterations), 0.004);
const target = new Uint8Array(memory.buffer, base, MB);
const copyRate = () => (2 * target.length) / timeOf(() => target.copyWithin(0, MB / 2), 0.002) / 2;
for (let i = 0; i < 30; i++) peakRate();
const peaks = [];
for (const [at, shape] of built.entries()) {
  const f = instance.exports[`run${at}`];
  timeOf(f, 0.3);
  const { rows, depth, columns } = shape;
  const samples = Array.from({ length: rounds }, () => {
    const peak = peakRate();
    const seconds = timeOf(f, 0.01);
    peaks.push(peak);
    return { seconds, share: (2 * rows * depth * columns) / seconds / peak };
  });
  const seconds = median(samples.map((s) => s.seconds));
  const share = median(samples.map((s) => s.share));
  const moved = bytes * (rows * depth + depth * columns + rows * columns);
  console.log(
    `${`${rows}×${depth}×${columns}`.padEnd(15)} ${shape.kind} ${shape.path.padEnd(7)} ${(seconds * 1e6).toFixed(1).padStart(9)} µs ` +
      `${((2e-9 * rows * depth * columns) / seconds).toFixed(1).padStart(6)} GFLOP/s ${(100 * share).toFixed(0).padStart(4)}% of peak ${((moved / seconds) * 1e-9).toFixed(1).padStart(6)} GB/s`,
  );
}
console.log(
  `peak ${(median(peaks) * 1e-9).toFixed(1)} GFLOP/s, copy ${(median(Array.from({ length: 9 }, copyRate)) * 1e-9).toFixed(1)} GB/s each way`,
);
