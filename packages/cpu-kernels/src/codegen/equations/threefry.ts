// threefry: four blocks at a time, one in each lane; the same bits as the interpreter's.
//
//   (y0, y1) = threefry2x32(key, (counter0 + block, counter1))        Salmon et al. 2011, 20 rounds
import type { Shape } from "@cotangent/autodiff";
import type { EquationKernel } from "@cotangent/graph-passes";
import { Scope, threefry2x32 } from "../../math/index.ts";
import {
  call,
  type Expr,
  type FunctionRef,
  i32,
  load,
  type ModuleBuilder,
  op,
  set,
  shuffleLanes,
  splat,
  store,
  v128,
} from "../../wasm/index.ts";
import { type ModuleContext, type Phase, phase } from "../context.ts";
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

/** threefry(k0, k1, c0, c1, to): the words of four blocks, those of a block side by side. */
function fourBlocks(m: ModuleBuilder): FunctionRef {
  const params = { k0: "v128", k1: "v128", c0: "v128", c1: "v128", to: "i32" } as const;
  return m.once("threefry", () =>
    m.function("threefry", { params }, (fb, { k0, k1, c0, c1, to }) => {
      const [x0, x1] = threefry2x32(new Scope(m, fb), [k0, k1], [c0, c1]);
      fb.push(
        store("v128.store", to, shuffleLanes("i32x4", [0, 4, 1, 5], x0, x1), { align: 4 }),
        store("v128.store", to, shuffleLanes("i32x4", [2, 6, 3, 7], x0, x1), {
          offset: 16,
          align: 4,
        }),
      );
    }),
  );
}

export function threefryCode(
  name: string,
  { equation, inputs, outputs }: EquationKernel,
  module: ModuleContext,
): Phase {
  const { blocks } = equation.params as unknown as { blocks: number };
  const { shape } = equation.outputs[0]!;
  const leading = shape.slice(0, -1);
  const [groups, rest] = [Math.floor(blocks / 4), blocks % 4];
  // Axes: [1, leading…, groups of four blocks]; the first lets there be one for the units.
  const lengths = [1, ...leading, groups];
  const last = lengths.length - 1;
  const four = fourBlocks(module.module);
  module.reserve(32);
  return phase(module, name, 1, (fb, { own }) => {
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
    const to = op("i32.add", outAt.pointer, i32(outAt.offset));
    const encrypt = (at: Expr): Expr => call(four, k0!, k1!, c0!, c1!, at);
    const group = (): Expr[] => [encrypt(to), set(c0!, op("i32x4.add", c0!, splat("i32x4", 4)))];
    const ending = (): Expr[] => [encrypt(own), op("memory.copy", to, own, i32(8 * rest))];
    const from = (axis: number): Expr[] => {
      if (axis < last) return walkers.loop(axis, lengths[axis]!, 1, () => from(axis + 1));
      return [...setup, ...walkers.loop(last, groups, 1, group, () => (rest ? ending() : []))];
    };
    const statements = from(0);
    fb.push(...walkers.start([]), ...statements);
  });
}
