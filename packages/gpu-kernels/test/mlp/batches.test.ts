// Any number of rows on the same pipelines, limits of a device, and errors by name.
import { tensor, tree } from "@cotangent/autodiff";
import { afterAll, describe, expect, it } from "vitest";
import { createMlp, type Device, openDevice } from "../../src/index.ts";
import { tangentsOfTrace } from "../../src/mlp/trace.ts";
import { rows, testNetwork } from "../support/networks.ts";

const device = await openDevice({ mode: "webasm" });
afterAll(() => device.destroy());

/** The device, counting pipelines recorded and runs, with its largest array bounded. */
function counting(elements: number): {
  device: Device;
  counts: { recorded: number; runs: number };
} {
  const counts = { recorded: 0, runs: 0 };
  const bounded: Device = {
    ...device,
    limits: { ...device.limits, elements },
    pipeline(name, inputs, record) {
      const pipeline = device.pipeline(name, inputs, (...args) => {
        counts.recorded++;
        return record(...args);
      });
      return {
        run(values) {
          counts.runs++;
          return pipeline.run(values);
        },
        destroy: () => pipeline.destroy(),
      };
    },
  };
  return { device: bounded, counts };
}

const flat = (step: { gradients: unknown }) =>
  tree.leaves(step.gradients as never).flatMap(({ data }) => Array.from(data));

describe("batches", () => {
  const { params, ...network } = testNetwork([2, 8, 8, 2], "tanh");
  const { sizes, activation } = network;
  const [x, v] = [rows(41, 50, 2), rows(42, 50, 2)];

  it("of other sizes are not compiled again, and padding adds nothing", async () => {
    const { device: counted, counts } = counting(2 ** 28);
    const mlp = createMlp(counted, { sizes, activation, batch: 32 });
    const whole = createMlp(device, { sizes, activation, batch: 50 });
    const want = await whole.slicedStep(params, x, v);
    const got = await mlp.slicedStep(params, x, v);
    expect(counts).toEqual({ recorded: 1, runs: 2 });
    expect(got.loss).toBeCloseTo(want.loss, 5);
    expect(got.values.data).toEqual(want.values.data);
    for (const [i, g] of flat(want).entries()) expect(flat(got)[i]).toBeCloseTo(g, 5);
    await mlp.slicedStep(params, rows(43, 3, 2), rows(44, 3, 2));
    expect(counts).toEqual({ recorded: 1, runs: 3 });
  });

  it("beyond what an array may hold are tiled", async () => {
    const { device: small, counts } = counting(80);
    const mlp = createMlp(small, { sizes, activation, batch: 50 });
    const step = await mlp.implicitStep(params, x);
    expect(counts.runs).toBe(5);
    const want = await createMlp(device, { sizes, activation }).implicitStep(params, x);
    expect(step.loss).toBeCloseTo(want.loss, 5);
    const narrow = createMlp(counting(7).device, { sizes, activation });
    await expect(narrow.forward(params, x)).rejects.toThrow(/make the network narrower/);
  });

  it("beyond a matrix's side are tiled, and so are the tangents of a deep network's trace", async () => {
    const deep = testNetwork([2, 8, 3, 8, 2], "tanh");
    for (const [{ params: p, sizes: own, activation: phi }, runs] of [
      [{ ...network, params }, 6],
      // Two tangents a sample.
      [deep, 13],
    ] as const) {
      const { device: low, counts } = counting(2 ** 28);
      const on: Device = { ...low, limits: { ...low.limits, side: 9 } };
      const step = await createMlp(on, { sizes: own, activation: phi, batch: 50 }).implicitStep(
        p,
        x,
      );
      expect(counts.runs).toBe(runs);
      const want = await createMlp(device, { sizes: own, activation: phi, batch: 50 }).implicitStep(
        p,
        x,
      );
      expect(step.loss).toBeCloseTo(want.loss, 5);
    }
    const flatter: Device = { ...device, limits: { ...device.limits, side: 7 } };
    const wide = createMlp(flatter, { sizes, activation });
    await expect(wide.forward(params, x)).rejects.toThrow(/layers of at most 7 units/);
  });

  it("of five thousand rows agree with the sum of their parts", async () => {
    const many = rows(45, 5000, 2);
    const [a, b] = [
      createMlp(device, { sizes, activation, batch: 5000 }),
      createMlp(device, { sizes, activation, batch: 7 }),
    ];
    const [whole, parts] = [await a.implicitStep(params, many), await b.implicitStep(params, many)];
    expect(Math.abs(whole.loss - parts.loss)).toBeLessThan(1e-5);
    for (const [i, g] of flat(whole).entries()) expect(flat(parts)[i]).toBeCloseTo(g, 5);
  });
});

describe("the exact trace", () => {
  it.each([
    [[300, 300], 1],
    [[300, 8, 300], 1],
    [[300, 8, 8, 300], 1],
    [[300, 8, 2, 8, 300], 2],
    [[3, 8, 8, 8, 3], 3],
  ])("of a network %j pushes %i tangents a sample", (sizes, tangents) => {
    expect(tangentsOfTrace(sizes)).toBe(tangents);
  });
});

describe("a network refuses", () => {
  const { params, sizes, activation } = testNetwork([2, 3, 2], "tanh");
  const options = { sizes, activation };
  const mlp = createMlp(device, options);

  it.each([
    [
      "an activation without kernels",
      { sizes: [2, 2], activation: "gelu" },
      /expected an activation with kernels, one of tanh, .*got "gelu"/,
    ],
    ["sizes that are no widths", { sizes: [2, 0, 2] }, /whole numbers ≥ 1, got \[2,0,2\]/],
    [
      "an option that is not there",
      { sizes: [2, 2], width: 3 },
      /createMlp: expected no options but sizes, activation, batch, got width/,
    ],
    ["a batch of none", { sizes: [2, 2], batch: 0 }, /expected batch to be a whole number/],
  ])("%s", (_, given, message) => {
    expect(() => createMlp(device, given as unknown as typeof options)).toThrow(message);
  });

  it("what is no device, and no options", () => {
    expect(() => createMlp(undefined as never, options)).toThrow(
      "createMlp: expected a device first, got undefined; open one with await openDevice()",
    );
    expect(() => createMlp(openDevice({ mode: "cpu" }) as never, options)).toThrow(
      "createMlp: expected a device first, got a promise: await it",
    );
    expect(() => createMlp(device, undefined as never)).toThrow(
      "createMlp: expected options as an object, e.g. { sizes: [2, 32, 2] }, got undefined",
    );
    expect(() => createMlp(device, {} as never)).toThrow(/expected sizes .*, got undefined/);
  });

  it("rows of another width, and none", async () => {
    await expect(mlp.forward(params, rows(1, 4, 3))).rejects.toThrow(
      "forward: expected x [rows, 2] with at least one row, got [4, 3]",
    );
    const none = tensor(new Float32Array(0), { shape: [0, 2] });
    await expect(mlp.implicitStep(params, none)).rejects.toThrow(/at least one row, got \[0, 2\]/);
    await expect(mlp.slicedStep(params, rows(1, 4, 2), rows(2, 3, 2))).rejects.toThrow(
      "slicedStep: expected v [4, 2], got [3, 2]",
    );
  });

  it("parameters of another network", async () => {
    const other = testNetwork([2, 4, 2], "tanh").params;
    await expect(mlp.forward(other, rows(1, 4, 2))).rejects.toThrow(
      "forward: expected layers[0].weight [2, 3], got [2, 4]",
    );
    const fewer = { layers: params.layers.slice(1) };
    await expect(mlp.forward(fewer, rows(1, 4, 2))).rejects.toThrow(/2 × \{ weight, bias \}/);
  });

  it("a score that is not square", async () => {
    const { params: p, sizes: own } = testNetwork([2, 3, 1], "tanh");
    const field = createMlp(device, { sizes: own });
    await expect(field.implicitStep(p, rows(1, 4, 2))).rejects.toThrow(/as wide at the end/);
  });
});
