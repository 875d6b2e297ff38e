import { evaluate, type Tensor, tree } from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { counts, plan, printProgram } from "../src/index.ts";
import { runInArena } from "../src/reference/index.ts";
import { expectEqual } from "./support/compare.ts";
import { adamStep, gradientStep, graphOf, names, problem, programOf } from "./support/steps.ts";

const small = problem(2, 4, 6);

test("a denoising step of a small network, kernel by kernel", () => {
  expect(printProgram(programOf(gradientStep(small, "denoising")))).toMatchInlineSnapshot(`
    "inputs x0:f32[4] x1:f32[2,4] x2:f32[4] x3:f32[4,4] x4:f32[2] x5:f32[4,2] x6:f32[6,2] x7:u32[2]
    buffers c8:u32[2] t9:u32[12] t10:f32[2,6] t11:f32[6,2] t12:f32[6,4] t13:f32[6,4] t14:f32[6,4] t15:f32[6,4] t16:f32[6,2] t17:f32[6,2] y18:f32[] y19:f32[2] y20:f32[4,2] t21:f32[6,4] y22:f32[4] y23:f32[4,4] t24:f32[6,4] y25:f32[4] y26:f32[2,4]
    0 threefry x7 c8 -> t9
    1 loop [6]
        v1 = shiftRight t9(1) 8
        v2 = astype[f32] v1
        v4 = mul v2 5.960464477539063e-8
        v5 = neg v4
        v6 = log1p v5
        v8 = mul v6 -2
        v9 = sqrt v8
        v10 = shiftRight t9(6; 1) 8
        v11 = astype[f32] v10
        v12 = mul v11 5.960464477539063e-8
        v14 = mul v12 6.2831854820251465
        v15 = cos v14
        v16 = mul v9 v15
        v17 = sin v14
        v18 = mul v9 v17
        t10(1) <- v16
        t10(6; 1) <- v18
    2 loop [12]
        v1 = mul t10(1) 0.125
        v2 = add x6(1) v1
        t11(1) <- v2
    3 matmul 6×2×4
        p = t11(2,1) · x1(4,1)
        v0 = add x0(0,1) p
        v1 = tanh v0
        v2 = sech2 v0
        t12(4,1) <- v1
        t13(4,1) <- v2
    4 matmul 6×4×4
        p = t12(4,1) · x3(4,1)
        v0 = add x2(0,1) p
        v1 = tanh v0
        v2 = sech2 v0
        t14(4,1) <- v1
        t15(4,1) <- v2
    5 matmul 6×4×2
        p = t14(4,1) · x5(2,1)
        v0 = add x4(0,1) p
        v2 = mul t10(2,1) -8
        v3 = sub v0 v2
        v4 = mul v3 v3
        v6 = mul v3 0.1666666716337204
        t16(2,1) <- v4
        t17(2,1) <- v6
    6 reduce [] over [12]
        r = sum t16(1)
        v1 = mul r 0.5
        v3 = div v1 6
        y18() <- v3
    7 reduce [2] over [6]
        r = sum t17(1,2)
        y19(1) <- r
    8 matmul 4×6×2
        p = t14(1,4) · t17(2,1)
        y20(2,1) <- p
    9 matmul 6×2×4
        p = t17(2,1) · x5(1,2)
        v0 = mul t15(4,1) p
        t21(4,1) <- v0
    10 reduce [4] over [6]
        r = sum t21(1,4)
        y22(1) <- r
    11 matmul 4×6×4
        p = t12(1,4) · t21(4,1)
        y23(4,1) <- p
    12 matmul 6×4×4
        p = t21(4,1) · x3(1,4)
        v0 = mul t13(4,1) p
        t24(4,1) <- v0
    13 reduce [4] over [6]
        r = sum t24(1,4)
        y25(1) <- r
    14 matmul 2×6×4
        p = t11(1,2) · t24(4,1)
        y26(4,1) <- p
    outputs y18 y25 y26 y22 y23 y19 y20"
  `);
});

describe("a step is as few kernels as a hand would write", () => {
  const steps = { denoising: 15, sliced: 24, implicit: 20 };
  test.each(Object.entries(steps))("%s: %i", (name, expected) => {
    const program = programOf(gradientStep(problem(2, 128, 256), name as "denoising"));
    expect(names(program).split(" ")).toHaveLength(expected);
  });
  test("with Adam and the moving average in the epilogues of the gradients' products", () => {
    const program = programOf(adamStep(problem(2, 128, 256), "denoising"));
    expect(names(program)).toMatchInlineSnapshot(
      `"threefry loop loop matmul matmul matmul reduce matmul matmul loop reduce matmul reduce matmul reduce matmul loop"`,
    );
  });
});

describe("in the poisoned arena a step gives what the interpreter gives", () => {
  const steps = {
    denoising: gradientStep(small, "denoising"),
    sliced: gradientStep(small, "sliced"),
    implicit: gradientStep(small, "implicit"),
    "denoising, Adam": adamStep(small, "denoising"),
    "sliced, Adam with clipping": adamStep(small, "sliced", 0.1),
  };
  test.each(Object.entries(steps))("%s", (_name, step) => {
    const want = tree.leaves(evaluate(graphOf(step), step.args));
    const program = programOf(step);
    const results = runInArena(program, tree.leaves(step.args), plan(program));
    results.forEach((got, i) => expectEqual(got, want[i] as Tensor, `output ${i}`, 2000));
  });
});

test("operations are those of the products and a few an element", () => {
  const [d, h, b] = [2, 128, 256];
  const flops = counts(programOf(gradientStep(problem(d, h, b), "denoising"))).reduce(
    (sum, each) => sum + each.flops,
    0,
  );
  // Forward, and backward to weights and to inputs; not to the data.
  const products = 2 * b * (3 * h * h + 3 * h * d + 2 * d * h);
  expect(flops).toBeGreaterThan(products);
  expect(flops).toBeLessThan(products + b * h * 20);
});

test("the arena is smaller than its buffers", () => {
  const program = programOf(gradientStep(problem(2, 128, 256), "sliced"));
  const bytes = program.buffers.reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((a, n) => a * n, 1),
    0,
  );
  expect(plan(program).size).toBeLessThan(0.75 * bytes);
});
