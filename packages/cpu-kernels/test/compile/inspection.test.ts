// What a compiled function says of itself.
import { add, matmul, print, sum, type Tensor, tanh, zeros } from "@cotangent/autodiff";
import { compile } from "@cotangent/cpu-kernels";
import { describe, expect, test } from "vitest";

const layer = compile((x: Tensor, w: Tensor, b: Tensor) => sum(tanh(add(matmul(x, w), b)), 0));
const [B, d, H] = [32, 8, 16];
layer(zeros([B, d]), zeros([d, H]), zeros([H]));

describe("a compiled function", () => {
  test("shows its graph", () => {
    expect(print(layer.graph)).toMatch(/matmul x w/);
  });
  test("counts its work: a product is 2·rows·depth·columns", () => {
    const { flops, kernels, arenaBytes, moduleBytes } = layer.stats();
    const elementwise = 2 * B * H;
    expect(flops).toBe(2 * B * d * H + elementwise + B * H);
    expect(kernels.map(({ operations }) => operations)).toEqual([
      ["matmul", "add", "tanh"],
      ["sum"],
    ]);
    expect(kernels.every(({ milliseconds }) => milliseconds === undefined)).toBe(true);
    expect(arenaBytes).toBeGreaterThan(8 * (B * d + d * H + H + B * H + H));
    expect(moduleBytes).toBeGreaterThan(100);
  });
  test("measures its kernels when asked, and gives the same results after", () => {
    const { kernels, firstCall } = layer.stats({ measure: 3 });
    for (const { milliseconds } of kernels) expect(milliseconds).toBeGreaterThanOrEqual(0);
    for (const time of Object.values(firstCall)) expect(time).toBeGreaterThan(0);
    expect(layer(zeros([B, d]), zeros([d, H]), zeros([H])).toArray()).toEqual(Array(H).fill(0));
  });
  test("prints its module, a function per kernel", () => {
    const wat = layer.wat();
    expect(wat).toMatch(/^\(module/);
    for (const { name } of layer.stats().kernels) expect(wat).toContain(`(func $${name}`);
    expect(wat).toContain("f64x2.mul");
  });
  test("has the function's name", () => {
    const named = compile(function energy(x: Tensor) {
      return sum(x);
    });
    expect(named.name).toBe("compiled energy");
  });
});
