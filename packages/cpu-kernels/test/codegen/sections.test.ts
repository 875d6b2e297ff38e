/**
 * Sections: units of a section's phases may run in any order, on any thread, while arguments come in and results are
 * copied out, and give the same bits.
 */
import {
  argsort,
  exp,
  gather,
  grad,
  matmul,
  random,
  sum,
  type Tensor,
  type Tree,
  type TypedArray,
  tanh,
  tensor,
  tree,
  valueAndGrad,
} from "@cotangent/autodiff";
import type { Program } from "@cotangent/graph-passes";
import { mlp } from "@cotangent/losses";
import { describe, expect, test } from "vitest";
import { objectives } from "../../../graph-passes/test/support/objectives.ts";
import { control } from "../../src/codegen/control.ts";
import { type Generated, generate, pageBytes } from "../../src/codegen/generate.ts";
import type { CompiledKernel } from "../../src/codegen/sections.ts";
import { arrays } from "../../src/runtime/leaf.ts";
import { prepare } from "../../src/runtime/prepare.ts";

type F = (...args: never[]) => unknown;
type Unit = readonly [name: string, unit: number];

const threads = 3;
const never = { cache: Number.POSITIVE_INFINITY };

function programOf(f: F, args: readonly Tree[], state: number) {
  const { leaves, structure } = tree.flatten(args as unknown as Tree);
  const { program } = prepare(f, structure, leaves, { lowerings: {}, bands: never });
  return { program, leaves, generated: generate(program, { threads, state }) };
}

/**
 * Runs every section's units one by one in the order that `arrange` gives them, and reads the outputs. What is copied
 * while a section runs comes in as late and goes out as early as it may.
 */
function runUnits(
  {
    program,
    leaves,
    generated,
  }: { program: Program; leaves: readonly Tensor[]; generated: Generated },
  arrange: (units: Unit[]) => Unit[],
  transfers = generated.transfers,
) {
  const { arena, module, sections } = generated;
  const pages = Math.ceil(arena.size(threads) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const window = (buffer: Program["buffers"][number]) =>
    new arrays[buffer.dtype](
      memory.buffer as unknown as ArrayBuffer,
      arena.address(buffer),
      buffer.shape.reduce((size, length) => size * length, 1),
    );
  const imports = { arena: { memory, now: () => 0, meanwhile() {} } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), imports);
  for (const buffer of program.buffers) if (buffer.data) window(buffer).set(buffer.data);
  const read = (when: number | undefined) =>
    program.inputs.forEach((buffer, i) => {
      if (transfers.get(buffer) === when) window(buffer).set(leaves[i]!.data);
    });
  const outputs: TypedArray[] = [];
  const copy = (when: number | undefined) =>
    program.outputs.forEach((buffer, i) => {
      if (transfers.get(buffer) === when) outputs[i] = window(buffer).slice();
    });
  read(undefined);
  new Int32Array(memory.buffer)[control.run / 4] = 1;
  for (const { phases, shared } of sections) {
    if (shared !== null) copy(shared);
    const units = phases.flatMap(({ ref, units: count }) =>
      Array.from({ length: count }, (_, unit): Unit => [ref.name, unit]),
    );
    arrange(units).forEach(([name, unit], turn) => {
      (exports[name] as F as (...args: number[]) => void)(
        unit,
        unit + 1,
        arena.own(turn % threads),
      );
    });
    if (shared !== null) read(shared);
  }
  copy(undefined);
  return outputs;
}

/** A generator of its own (mulberry32) for the order. */
function shuffle(units: Unit[], seed: number): Unit[] {
  let state = seed;
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) % n;
  };
  for (let i = units.length - 1; i > 0; i--) {
    const k = below(i + 1);
    [units[i], units[k]] = [units[k]!, units[i]!];
  }
  return units;
}

function expectAnyOrder(f: F, args: readonly Tree[], state = 0): Generated {
  const made = programOf(f, args, state);
  const want = runUnits(made, (units) => units, new Map());
  expect(runUnits(made, (units) => units)).toEqual(want);
  expect(runUnits(made, (units) => units.reverse())).toEqual(want);
  for (let seed = 1; seed <= 5; seed++)
    expect(runUnits(made, (units) => shuffle(units, seed))).toEqual(want);
  return made.generated;
}

const longest = ({ sections }: Generated): number =>
  Math.max(...sections.map(({ phases }) => phases.length));

/** A step of an objective, with its parameters, samples and draws. */
function stepOf(
  objective: (typeof objectives)[keyof typeof objectives],
  sizes: readonly number[],
  batch: number,
  dtype: "f32" | "f64",
) {
  const network = mlp({ sizes });
  const params = network.init(random.key(0), { dtype }) as unknown as Tree;
  const own = objective(network);
  const x = random.normal(random.key(1), [batch, sizes[0]!], { dtype });
  const draws = own.draw(random.key(2), x) as unknown as Tree;
  const f = (p: Tree, z: Tensor, u: Tree) =>
    valueAndGrad((q: Tree) => own.perSample(q as never, z, u as never).mean())(p);
  return { f: f as F, args: [params, x, draws] };
}

describe.each(["f32", "f64"] as const)("in %s", (dtype) => {
  test.each(Object.entries(objectives))("a step: %s", (_, objective) => {
    const { f, args } = stepOf(objective, [3, 20, 20, 3], 50, dtype);
    expect(longest(expectAnyOrder(f, args))).toBeGreaterThan(2);
  });
});

test.each(Object.entries(objectives))(
  "weights come in and gradients go out during a step: %s",
  (name, objective) => {
    const { f, args } = stepOf(objective, [9, 60, 60, 9], 40, "f64");
    const { transfers } = expectAnyOrder(f, args);
    const shapes = (role: string) =>
      [...transfers.keys()].filter((buffer) => buffer.role === role).map(({ shape }) => shape);
    expect(shapes("output")).toContainEqual([60, 9]);
    if (name !== "implicit by contraction") expect(shapes("input")).toContainEqual([60, 9]);
  },
);

test("a state that is replaced in place is not in the section of what still reads it", () => {
  const x = random.normal(random.key(1), [40, 30]);
  const next = (s: Tensor) => {
    const [columns, rows] = [sum(tanh(s), 0), sum(s, 1)];
    return [s.mul(0.5).add(1), columns, rows];
  };
  const { arena, sections } = expectAnyOrder(next as F, [x], 1);
  const writer = sections.at(-1)!.phases[0]!.kernels[0]!.kernel;
  expect(writer.kind).toBe("loop");
  const [load, store] =
    writer.kind === "loop" ? [writer.code.loads[0]!, writer.code.stores[0]!.view] : [];
  expect(arena.address(store!.buffer)).toBe(arena.address(load!.buffer));
});

test("what sets memory to zero comes before what fills parts of it", () => {
  const x = random.normal(random.key(1), [40, 30]);
  const f = grad((y: Tensor) => sum(exp(y.slice([3, 2], [30, 20]))));
  const { kernels } = expectAnyOrder(f as F, [x]);
  expect(kernels.map(({ kernel }) => kernel.kind)).toContain("zero");
});

/** How many kernels of a kind the sections have that hold one. */
const beside = ({ sections }: Generated, isOne: (kernel: CompiledKernel) => boolean): number[] =>
  sections
    .map(({ phases }) => phases.flatMap(({ kernels }) => kernels))
    .filter((kernels) => kernels.some(isOne))
    .map((kernels) => kernels.filter(isOne).length);

test("kernels that share scratch memory wait for each other", () => {
  const x = random.normal(random.key(1), [96, 24]);
  const [v, w] = [2, 3].map((seed) => random.normal(random.key(seed), [24, 90])) as [
    Tensor,
    Tensor,
  ];
  // A product of which only the signs are stored has memory of its own meanwhile.
  const f = (y: Tensor, a: Tensor, b: Tensor) => [a, b].map((c) => matmul(y, c).greater(0));
  const generated = expectAnyOrder(f as F, [x, v, w]);
  expect(beside(generated, ({ hasScratch }) => hasScratch)).toEqual([1, 1]);
});

test("equations are alone: one unit may take long, and a wrong index is told before what follows", () => {
  const x = random.normal(random.key(1), [40, 30]);
  const i = tensor([3, 39, 0, 3], { dtype: "i32" });
  const f = (y: Tensor, at: Tensor) => [gather(y, at), argsort(y), sum(y, 0), sum(y, 1)];
  const { sections } = expectAnyOrder(f as F, [x, i]);
  const kinds = sections.map(({ phases }) => phases.map(({ kernels }) => kernels[0]!.kernel.kind));
  expect(kinds.toSorted((a, b) => a.length - b.length)).toEqual([
    ["equation"],
    ["equation"],
    ["reduce", "reduce"],
  ]);
});
