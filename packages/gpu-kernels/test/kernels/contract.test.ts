// One contract for every kernel on every backend: the reference's values, NaN and infinities.
import { random } from "@cotangent/autodiff";
import { afterAll, describe, expect, it } from "vitest";
import { rademacher } from "../../src/kernels/index.ts";
import { openBackends } from "../support/backends.ts";
import { kinds, worstError } from "../support/compare.ts";
import { type KernelCase, kernelCases, type Sizes } from "./cases.ts";

const full = process.env.COTANGENT_FULL === "1";
const widths = [1, 2, 3, 17, 128, 300];
/** A covering subset; in full, all pairs of widths and all batches, up to products of 5·10⁶ terms. */
const terms = ({ batch, inputs, outputs }: Sizes): number => batch * inputs * outputs;
const everySize: readonly Sizes[] = full
  ? [1, 7, 256, 5000]
      .flatMap((batch) =>
        widths.flatMap((inputs) => widths.map((outputs) => ({ batch, inputs, outputs }))),
      )
      .filter((sizes) => terms(sizes) <= 5e6)
  : [
      { batch: 7, inputs: 3, outputs: 17 },
      { batch: 256, inputs: 2, outputs: 3 },
      { batch: 1, inputs: 128, outputs: 1 },
      { batch: 7, inputs: 300, outputs: 2 },
    ];

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

async function check({ title, kernel, inputs, want, terms }: KernelCase, index: number) {
  const { device, tolerance } = tested[index]!;
  const got = await device.run(kernel, inputs);
  const error = worstError(got, want(inputs), terms(inputs));
  expect(error, `${title}: error relative to the terms`).toBeLessThan(tolerance);
}

describe.each(tested.map(({ name }, index) => ({ name, index })))("on $name", ({ index }) => {
  it.each(everySize)(
    "every kernel is its reference at batch $batch, $inputs → $outputs",
    async (sizes) => {
      // Activations do not depend on the sizes: all of them once; in full, wherever that is quick.
      for (const each of kernelCases(sizes, sizes === everySize[0] || (full && terms(sizes) < 1e5)))
        await check(each, index);
    },
  );

  it("sums longer than gpu.js's default limit of 1000 iterations are whole", async () => {
    const long = kernelCases({ batch: 2503, inputs: 2, outputs: 3 }, false);
    const wide = kernelCases({ batch: 2, inputs: 1601, outputs: 2 }, false);
    for (const each of long)
      if (/^(backwardWeight|accumulateWeight|backwardBias|weightedSum)/.test(each.title))
        await check(each, index);
    for (const each of wide)
      if (/^(rowProducts|denoisingValue|denseTangent)/.test(each.title)) await check(each, index);
  });

  it("activations hold over the whole line, near 0 and far out", async () => {
    const { device, tolerance } = tested[index]!;
    const near = [
      0, 1e-30, 1e-8, 1e-4, 0.01, 0.3, 0.6249, 0.6251, 1, 3, 8.5, 9.1, 20, 80, 100, 1000,
    ];
    const a = Float32Array.from(near.flatMap((v) => [v, -v]));
    for (const { title, kernel, want, terms } of kernelCases(
      { batch: 1, inputs: a.length, outputs: 1 },
      true,
    )) {
      if (!title.startsWith("activation")) continue;
      const error = worstError(await device.run(kernel, { a }), want({ a }), terms({ a }));
      expect(error, title).toBeLessThan(tolerance);
    }
  });

  it("twenty thousand signs are the engine's, to the last", async () => {
    // Enough words for sums of halves that are exactly 2¹⁶, where a carry is easily lost.
    const { device } = tested[index]!;
    const key = random.key(20_250_101);
    const keys = Float32Array.from(
      [...key.data].flatMap((w) => [Math.floor(w / 65536), w % 65536]),
    );
    const draws = { rows: 2000, columns: 10, total: 2000, steps: 1 };
    const zero = Float32Array.of(0);
    const got = await device.run(rademacher(draws), { keys, at: zero, first: zero });
    expect(got).toEqual(random.rademacher(key, [2000, 10], { dtype: "f32" }).data);
  });

  it("NaN and infinities come out where the reference has them", async () => {
    const { device } = tested[index]!;
    for (const { title, kernel, inputs, want } of kernelCases(
      { batch: 2, inputs: 3, outputs: 2 },
      true,
    ))
      for (const name of Object.keys(inputs)) {
        if (["at", "first", "keys", "rates"].includes(name)) continue;
        for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          const values = { ...inputs, [name]: inputs[name]!.with(0, odd) };
          const got = await device.run(kernel, values);
          expect(kinds(got), `${title} with ${name}[0] = ${odd}`).toEqual(kinds(want(values)));
        }
      }
  });
});
