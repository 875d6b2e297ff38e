// threefry: four blocks at a time, one in each lane; the same bits as the interpreter's.
//
//   (y0, y1) = threefry2x32(key, (counter0 + block, counter1))        Salmon et al. 2011, 20 rounds
import type { Shape } from "@cotangent/autodiff";
import type { EquationKernel } from "@cotangent/graph-passes";
import {
  type Expr,
  type FunctionBuilder,
  i32,
  type Local,
  load,
  op,
  set,
  shuffleLanes,
  v128,
} from "../../wasm/index.ts";
import type { KernelCode, ModuleContext } from "../context.ts";
import { storeVector } from "../vectors.ts";
import { Walkers } from "../walkers.ts";
import { rowMajor } from "./scalar.ts";

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

const rotate = (x: Expr, by: number): Expr =>
  op("v128.or", op("i32x4.shl", x, i32(by)), op("i32x4.shr_u", x, i32(32 - by)));

/** Encrypts the words x0, x1 in place; `keys` are the three words of the key schedule. */
function encrypt(x0: Local, x1: Local, keys: readonly Local[]): Expr[] {
  const add = (to: Local, x: Expr): Expr => set(to, op("i32x4.add", to, x));
  const statements = [add(x0, keys[0]!), add(x1, keys[1]!)];
  for (let round = 1; round <= 20; round++) {
    statements.push(
      add(x0, x1),
      set(x1, op("v128.xor", rotate(x1, rotations[(round - 1) % 8]!), x0)),
    );
    if (round % 4 !== 0) continue;
    const injection = round / 4;
    const count = v128("i32x4", Array<number>(4).fill(injection));
    statements.push(
      add(x0, keys[injection % 3]!),
      add(x1, op("i32x4.add", keys[(injection + 1) % 3]!, count)),
    );
  }
  return statements;
}

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
  const [key, counter] = inputs;
  const out = outputs[0]!;
  const leading = out.shape.slice(0, -1);
  const [groups, rest] = [Math.floor(blocks / 4), blocks % 4];
  // Axes: [1, leading…, groups of four blocks]; the first lets there be one for the units.
  const lengths = [1, ...leading, groups];
  const last = lengths.length - 1;
  const params = { begin: "i32", end: "i32" } as const;
  const ref = module.module.function(name, { params }, (fb: FunctionBuilder) => {
    const walkers = new Walkers(fb, lengths);
    const pair = (input: typeof key) =>
      walkers.at({
        base: module.address(input!),
        strides: [0, ...pairStrides(input!.shape, leading), 0],
      });
    const [keyAt, counterAt] = [pair(key), pair(counter)];
    const outStrides = rowMajor(out.shape)
      .slice(0, -1)
      .map((n) => 4 * n);
    const outAt = walkers.at({ base: module.address(out), strides: [0, ...outStrides, 32] });
    const local = (n: string): Local => fb.local(n, "v128");
    const [k0, k1, k2, c0, c1, x0, x1] = ["k0", "k1", "k2", "c0", "c1", "x0", "x1"].map(local);
    const splatAt = (at: typeof keyAt, word: number): Expr =>
      load("v128.load32_splat", at.pointer, { offset: at.offset + 4 * word });
    const parity = v128("i32x4", Array<number>(4).fill(0x1bd11bda));
    const setup = [
      set(k0!, splatAt(keyAt, 0)),
      set(k1!, splatAt(keyAt, 1)),
      set(k2!, op("v128.xor", op("v128.xor", k0!, k1!), parity)),
      set(c0!, op("i32x4.add", splatAt(counterAt, 0), v128("i32x4", [0, 1, 2, 3]))),
      set(c1!, splatAt(counterAt, 1)),
    ];
    const four = v128("i32x4", [4, 4, 4, 4]);
    const group = (active: number): Expr[] => {
      const slot = (half: number) => ({ ...outAt, offset: outAt.offset + 16 * half, stride: 4 });
      const words = (half: number): Expr =>
        shuffleLanes("i32x4", half === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7], x0!, x1!);
      const store = (half: number): Expr[] => {
        const count = Math.min(4, 2 * active - 4 * half);
        return count > 0 ? storeVector("u32", slot(half), words(half), count) : [];
      };
      return [
        set(x0!, c0!),
        set(x1!, c1!),
        ...encrypt(x0!, x1!, [k0!, k1!, k2!]),
        ...store(0),
        ...store(1),
        set(c0!, op("i32x4.add", c0!, four)),
      ];
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
    fb.push(...walkers.start(0, i32(0)), ...statements);
  });
  return { ref, units: 1 };
}
