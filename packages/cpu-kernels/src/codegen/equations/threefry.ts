// threefry: four blocks at a time, one in each lane; the same bits as the interpreter's.
//
//   (y0, y1) = threefry2x32(key, (counter0 + block, counter1))        Salmon et al. 2011, 20 rounds
import type { Shape } from "@cotangent/autodiff";
import type { EquationKernel } from "@cotangent/graph-passes";
import { Scope, threefry2x32 } from "../../math/index.ts";
import {
  type Expr,
  type FunctionBuilder,
  load,
  op,
  set,
  shuffleLanes,
  splat,
  v128,
} from "../../wasm/index.ts";
import { type KernelCode, type ModuleContext, phase } from "../context.ts";
import { storeVector } from "../vectors.ts";
import { Walkers } from "../walkers.ts";
import { rowMajor } from "./scalar.ts";

/** Byte strides of a pair of words over the leading axes of the result. */
function pairStrides(shape: Shape, leading: Shape): number[] {
  const own = rowMajor(shape);
  const missing = leading.length - (shape.length - 1);
  return leading.map((_, axis) =>
    axis < missing || shape[axis - missing] === 1 ? 0 : 4 * own[axis - missing]!,
  );
}

export function threefryCode(
  name: string,
  { equation, inputs, outputs }: EquationKernel,
  module: ModuleContext,
): KernelCode {
  const { blocks } = equation.params as unknown as { blocks: number };
  const { shape } = equation.outputs[0]!;
  const leading = shape.slice(0, -1);
  const [groups, rest] = [Math.floor(blocks / 4), blocks % 4];
  // Axes: [1, leading…, groups of four blocks]; the first lets there be one for the units.
  const lengths = [1, ...leading, groups];
  const last = lengths.length - 1;
  const main = phase(module, name, 1, (fb: FunctionBuilder) => {
    const walkers = new Walkers(fb, lengths);
    const pair = (i: number) =>
      walkers.at({
        base: module.address(inputs[i]!),
        strides: [0, ...pairStrides(equation.inputs[i]!.shape, leading), 0],
      });
    const [keyAt, counterAt] = [pair(0), pair(1)];
    const outStrides = rowMajor(shape)
      .slice(0, -1)
      .map((n) => 4 * n);
    const outAt = walkers.at({
      base: module.address(outputs[0]!),
      strides: [0, ...outStrides, 32],
    });
    const [k0, k1, c0, c1] = ["k0", "k1", "c0", "c1"].map((n) => fb.local(n, "v128"));
    const splatAt = (at: typeof keyAt, word: number): Expr =>
      load("v128.load32_splat", at.pointer, { offset: at.offset + 4 * word });
    const setup = [
      set(k0!, splatAt(keyAt, 0)),
      set(k1!, splatAt(keyAt, 1)),
      set(c0!, op("i32x4.add", splatAt(counterAt, 0), v128("i32x4", [0, 1, 2, 3]))),
      set(c1!, splatAt(counterAt, 1)),
    ];
    const group = (active: number): Expr[] => {
      const scope = new Scope(module.module, fb, []);
      const [x0, x1] = threefry2x32(scope, [k0!, k1!], [c0!, c1!]);
      const store = (half: number): Expr[] => {
        const count = Math.min(4, 2 * active - 4 * half);
        const slot = { ...outAt, offset: outAt.offset + 16 * half, stride: 4 };
        const words = shuffleLanes("i32x4", half === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7], x0, x1);
        return count > 0 ? storeVector("u32", slot, words, count) : [];
      };
      const next = set(c0!, op("i32x4.add", c0!, splat("i32x4", 4)));
      return [...scope.statements, ...store(0), ...store(1), next];
    };
    const from = (axis: number): Expr[] => {
      if (axis < last) return walkers.loop(axis, lengths[axis]!, 1, () => from(axis + 1));
      return [
        ...setup,
        ...walkers.loop(
          last,
          groups,
          1,
          () => group(4),
          () => (rest ? group(rest) : []),
        ),
      ];
    };
    const statements = from(0);
    fb.push(...walkers.start([]), ...statements);
  });
  return [main];
}
