/**
 * Steps on every backend of Node: one fused pipeline against a call for each kernel, and a trainer.
 *
 *   npx tsc -b packages/gpu-kernels packages/losses && node test/gpu/bench.mjs [d,H,B …]
 *
 * "calls" runs the same kernels one at a time, each with its inputs uploaded and its result read back.
 */
import { performance } from "node:perf_hooks";
import { random } from "@cotangent/autodiff";
import { createMlp, createTrainer, openDevice } from "@cotangent/gpu-kernels";
import { mlp } from "@cotangent/losses";

const sizes = process.argv.slice(2).map((text) => text.split(",").map(Number));
const rounds = 5;

/** A device whose pipelines run kernel by kernel through the host; counts kernels and bytes. */
function unfused(device, counts) {
  const pipeline = (_name, shapes, record) => ({
    async run(values) {
      const results = new Map();
      const steps = [];
      const keep = (shape, flat) => {
        const handle = Symbol();
        results.set(handle, flat);
        return { shape, handle };
      };
      const inputs = Object.entries(shapes).map(([key, shape]) => [key, keep(shape, values[key])]);
      const launch = (kernel, given) => {
        const handle = Symbol();
        steps.push({ kernel, given, handle });
        return { shape: kernel.output, handle };
      };
      const constant = (flat, shape) => keep(shape, flat);
      const outputs = record(launch, Object.fromEntries(inputs), constant);
      Object.assign(counts, { kernels: steps.length, bytes: 0 });
      for (const { kernel, given, handle } of steps) {
        const sent = Object.entries(given).map(([key, value]) => [key, results.get(value.handle)]);
        const result = await device.run(kernel, Object.fromEntries(sent));
        counts.bytes += 4 * sent.reduce((sum, [, flat]) => sum + flat.length, result.length);
        results.set(handle, result);
      }
      const read = Object.entries(outputs).map(([key, value]) => [key, results.get(value.handle)]);
      return Object.fromEntries(read);
    },
    async destroy() {},
  });
  return { ...device, pipeline };
}

/** Median milliseconds of f, after two calls to warm up. */
async function median(f) {
  const times = [];
  for (let i = 0; i < rounds + 2; i++) {
    const start = performance.now();
    await f();
    if (i >= 2) times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds >> 1];
}

async function measure(device, [d, hidden, rows]) {
  const widths = [d, hidden, hidden, d];
  const params = mlp({ sizes: widths }).init(random.key(0), { dtype: "f32" });
  const x = random.normal(random.key(1), [rows, d], { dtype: "f32" });
  const v = random.rademacher(random.key(2), [rows, d], { dtype: "f32" });
  const counts = {};
  const options = { sizes: widths, batch: rows };
  const fused = createMlp(device, options);
  const called = createMlp(unfused(device, counts), options);
  const kinds = {
    denoising: (network) => network.denoisingStep(params, x, v),
    sliced: (network) => network.slicedStep(params, x, v),
    implicit: (network) => network.implicitStep(params, x),
  };
  const rowsOfTable = [];
  for (const [step, call] of Object.entries(kinds)) {
    const whole = await median(() => call(fused));
    const parts = await median(() => call(called));
    rowsOfTable.push({
      backend: device.backend,
      "d, H, B": `${d}, ${hidden}, ${rows}`,
      step,
      "fused ms": whole.toFixed(2),
      "calls ms": parts.toFixed(2),
      ratio: (parts / whole).toFixed(2),
      kernels: counts.kernels,
      "MB by calls": (counts.bytes / 1e6).toFixed(1),
    });
  }
  const steps = 10;
  const objective = { name: "denoising", sigma: 0.5 };
  const optimiser = { name: "adam", learningRate: 1e-3 };
  const trainer = createTrainer(device, { ...options, steps, objective, optimiser });
  const many = random.normal(random.key(3), [rows * steps, d], { dtype: "f32" });
  let state = trainer.init(params);
  const perCall = await median(async () => {
    ({ state } = await trainer.run(state, many, random.key(4)));
  });
  rowsOfTable.push({
    backend: device.backend,
    "d, H, B": `${d}, ${hidden}, ${rows}`,
    step: "trainer, denoising and adam",
    "fused ms": (perCall / steps).toFixed(2),
  });
  for (const made of [fused, called, trainer]) await made.destroy();
  return rowsOfTable;
}

const table = [];
for (const mode of ["webgpu", "webasm", "cpu"]) {
  try {
    const device = await openDevice({
      mode,
      ...(mode === "webgpu" ? { dawn: await import("webgpu") } : {}),
    });
    console.log(`${device.backend}: ${device.adapter}`);
    for (const size of sizes.length > 0 ? sizes : [[2, 128, 256]])
      table.push(...(await measure(device, size)));
    await device.destroy();
  } catch (error) {
    console.log(error.message);
  }
}
console.table(table);
