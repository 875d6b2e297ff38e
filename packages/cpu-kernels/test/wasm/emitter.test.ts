import { describe, expect, test } from "vitest";
import {
  access,
  accessLane,
  block,
  br,
  brIf,
  brTable,
  call,
  drop,
  type Expr,
  f32,
  f64,
  forRange,
  hasRelaxedSimd,
  hasSimd,
  hasThreads,
  i32,
  i64,
  ifElse,
  ifThen,
  lane,
  load,
  loop,
  ModuleBuilder,
  op,
  ret,
  select,
  set,
  shuffle,
  shuffleLanes,
  splat,
  store,
  tee,
  type ValueType,
  v128,
} from "../../src/wasm/index.ts";
import { SIGNATURES } from "../../src/wasm/instructions.ts";

function run(
  m: ModuleBuilder,
  imports: WebAssembly.Imports = {},
): Record<string, (...x: never[]) => unknown> {
  const module = new WebAssembly.Module(m.toBytes());
  return new WebAssembly.Instance(module, imports).exports as never;
}

/** The value of a constant expression, computed by the host. */
function evaluate(result: ValueType, expr: Expr): unknown {
  const m = new ModuleBuilder({ memory: { pages: 1 } });
  m.function("f", { results: [result], export: "f" }, (fb) => fb.push(expr));
  return run(m).f!();
}

const constantOf = (type: ValueType): Expr =>
  ({ i32: i32(1), i64: i64(1), f32: f32(1), f64: f64(1), v128: splat("i32x4", 1) })[type];

describe("every instruction of the table", () => {
  const relaxed = (name: string): boolean => name.includes("relaxed");
  test.each([...SIGNATURES])(
    "%s has the operands and the result that the host's validator expects",
    (name, { operands, result, bytes }) => {
      const values = operands.map(constantOf);
      const at = name.includes("lane") && !relaxed(name);
      const expr = bytes
        ? at
          ? accessLane(name as never, 0, values[0]!, values[1]!)
          : access(name as never, values)
        : at
          ? lane(name as never, 0, ...values)
          : op(name as never, ...values);
      expect(expr.type).toBe(result);
      const m = new ModuleBuilder({
        memory: { pages: 1, maximum: 1, shared: name.includes("atomic") },
      });
      m.function("f", result === "none" ? {} : { results: [result] }, (fb) => fb.push(expr));
      expect(WebAssembly.validate(m.toBytes())).toBe(!relaxed(name) || hasRelaxedSimd());
    },
  );

  test.each([
    ["i32.sub", 7, 3, 4],
    ["i32.div_s", -7, 2, -3],
    ["i32.div_u", -1, 2, 2 ** 31 - 1],
    ["i32.rem_s", -7, 2, -1],
    ["i32.and", 6, 3, 2],
    ["i32.or", 6, 3, 7],
    ["i32.xor", 6, 3, 5],
    ["i32.shl", 1, 31, -(2 ** 31)],
    ["i32.shr_s", -8, 1, -4],
    ["i32.shr_u", -8, 28, 15],
    ["i32.rotl", 1 << 31, 1, 1],
    ["i32.rotr", 1, 1, 1 << 31],
    ["i32.lt_s", -1, 1, 1],
    ["i32.lt_u", -1, 1, 0],
    ["i32.ge_s", 1, 1, 1],
    ["i32.gt_u", -1, 1, 1],
    ["i32.le_s", 2, 1, 0],
  ] as const)("%s(%i, %i) is %i", (name, a, b, expected) => {
    expect(evaluate("i32", op(name, i32(a), i32(b)))).toBe(expected);
  });

  test.each([
    ["add", 5],
    ["sub", -1],
    ["mul", 6],
    ["div", 2 / 3],
    ["min", 2],
    ["max", 3],
    ["copysign", 2],
  ] as const)("f64.%s and, lane by lane, f64x2 and f32x4", (name, expected) => {
    expect(evaluate("f64", op(`f64.${name}`, f64(2), f64(3)))).toBe(expected);
    expect(evaluate("f32", op(`f32.${name}`, f32(2), f32(3)))).toBe(Math.fround(expected));
    if (name === "copysign") return;
    const f64x2 = op(`f64x2.${name}`, v128("f64x2", [9, 2]), splat("f64x2", 3));
    expect(evaluate("f64", lane("f64x2.extract_lane", 1, f64x2))).toBe(expected);
    const f32x4 = op(`f32x4.${name}`, v128("f32x4", [9, 9, 9, 2]), splat("f32x4", f32(3)));
    expect(evaluate("f32", lane("f32x4.extract_lane", 3, f32x4))).toBe(Math.fround(expected));
  });

  test("conversions between vectors keep the values", () => {
    const promoted = op("f64x2.promote_low_f32x4", v128("f32x4", [1, 2.5, 3, 4]));
    expect(evaluate("f64", lane("f64x2.extract_lane", 1, promoted))).toBe(2.5);
    const truncated = op("i32x4.trunc_sat_f32x4_s", v128("f32x4", [1, Number.NaN, -3.9, 1e30]));
    expect(
      [0, 1, 2, 3].map((i) => evaluate("i32", lane("i32x4.extract_lane", i, truncated))),
    ).toEqual([1, 0, -3, 2 ** 31 - 1]);
    expect(evaluate("i64", op("i64.reinterpret_f64", f64(-0)))).toBe(-(2n ** 63n));
  });
});

describe("constants", () => {
  const edges = [
    0,
    1,
    -1,
    63,
    64,
    -64,
    -65,
    127,
    128,
    8191,
    8192,
    -8192,
    -8193,
    2 ** 31 - 1,
    -(2 ** 31),
  ];
  test.each(edges)("i32 %i survives LEB128", (n) => {
    expect(evaluate("i32", i32(n))).toBe(n);
  });
  test("an unsigned i32 is the same bits", () =>
    expect(evaluate("i32", i32(2 ** 32 - 1))).toBe(-1));
  test.each([
    ...edges.map(BigInt),
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 35n,
    -(2n ** 34n) - 1n,
  ])("i64 %s survives LEB128", (n) => expect(evaluate("i64", i64(n))).toBe(n));
  test.each([0, -0, 1.1, -5e-324, 2 ** -1074, 1e308, Number.POSITIVE_INFINITY, Number.NaN])(
    "f64 %d keeps its bits",
    (x) => {
      expect(evaluate("f64", f64(x))).toBe(x);
      expect(evaluate("f32", f32(x))).toBe(Math.fround(x));
    },
  );
  test("a number that is no integer of 32 bits is refused", () => {
    expect(() => i32(0.5)).toThrow("i32.const: expected an integer of 32 bits, got 0.5");
    expect(() => i32(2 ** 32)).toThrow("i32.const");
    expect(() => i64(2n ** 64n)).toThrow("i64.const");
  });
});

describe("vectors", () => {
  test("a shuffle takes bytes, and whole lanes, from two vectors", () => {
    const [a, b] = [v128("i32x4", [0, 1, 2, 3]), v128("i32x4", [4, 5, 6, 7])];
    const mixed = shuffleLanes("i32x4", [7, 0, 5, 2], a, b);
    expect([0, 1, 2, 3].map((i) => evaluate("i32", lane("i32x4.extract_lane", i, mixed)))).toEqual([
      7, 0, 5, 2,
    ]);
    const reversed = shuffle(
      [3, 2, 1, 0, ...Array(12).fill(0)],
      v128("i32x4", [0x01020304, 0, 0, 0]),
      b,
    );
    expect(evaluate("i32", lane("i32x4.extract_lane", 0, reversed))).toBe(0x04030201);
    expect(() => shuffle([0], a, b)).toThrow("i8x16.shuffle: expected 16 integers");
    expect(() => shuffleLanes("f32x4", [8, 0, 0, 0], a, b)).toThrow("i8x16.shuffle");
  });
  test("a lane is loaded, replaced and stored alone", () => {
    const m = new ModuleBuilder({ memory: { pages: 1, export: "memory" } });
    m.function("f", { export: "f" }, (fb) => {
      const v = fb.local("v", "v128");
      fb.push(set(v, accessLane("v128.load32_lane", 2, i32(0), splat("i32x4", 9), { offset: 4 })));
      fb.push(
        store("v128.store", i32(16), v),
        accessLane("v128.store32_lane", 2, i32(32), v, { offset: 4, align: 1 }),
      );
    });
    const { f, memory } = run(m) as unknown as { f: () => void; memory: WebAssembly.Memory };
    const words = new Int32Array(memory.buffer);
    words[1] = 5;
    f();
    expect([...words.subarray(4, 11)]).toEqual([9, 9, 5, 9, 0, 5, 0]);
    expect(() => lane("f32x4.extract_lane", 4, splat("f32x4", 0))).toThrow(
      "f32x4.extract_lane: expected a lane in [0, 4), got 4",
    );
    expect(() => accessLane("v128.load64_lane", 2, i32(0), splat("f32x4", 0))).toThrow("[0, 2)");
  });
});

describe("control", () => {
  test("a counted loop runs from, below to, by step, also not at all", () => {
    const m = new ModuleBuilder();
    m.function(
      "sum",
      { params: { from: "i32", to: "i32", step: "i32" }, results: ["i32"], export: "sum" },
      (fb, { from, to, step }) => {
        const total = fb.local("total", "i32");
        const twice = op("i32.mul", to, i32(2));
        fb.push(
          ...forRange(fb, { from, to: twice, step }, (i) => [set(total, op("i32.add", total, i))]),
          total,
        );
      },
    );
    const sum = run(m).sum as (from: number, to: number, step: number) => number;
    expect(sum(0, 5, 1)).toBe(45);
    expect(sum(1, 5, 3)).toBe(1 + 4 + 7);
    expect(sum(10, 5, 1)).toBe(0);
    expect(sum(-3, -1, 1)).toBe(-3);
  });
  test("branches go to the block of their label, ifs to their arm", () => {
    const m = new ModuleBuilder();
    m.function("f", { params: { x: "i32" }, results: ["i32"], export: "f" }, (fb, { x }) => {
      const y = fb.local("y", "i32");
      const add = (n: number): Expr => set(y, op("i32.add", y, i32(n)));
      fb.push(
        block(
          "out",
          block("one", block("zero", brTable(["zero", "one", "out"], x)), add(1), br("out")),
          add(10),
        ),
        loop("again", add(100), brIf("again", op("i32.lt_s", y, i32(300)))),
        ifElse(op("i32.eqz", x), [add(1000)], [add(2000)]),
        ifThen(op("i32.eq", x, i32(7)), ret(i32(-1))),
        drop(tee(y, select(y, i32(0), i32(1)))),
        y,
      );
    });
    const f = run(m).f as (x: number) => number;
    expect([0, 1, 5, 7].map(f)).toEqual([1301, 2310, 2300, -1]);
  });
  test("functions call each other and the host", () => {
    const m = new ModuleBuilder({
      memory: { pages: 1, import: { module: "env", name: "memory" } },
    });
    const log = m.importFunction("env", "log", ["f64"]);
    const twice = m.function("twice", { params: { x: "f64" }, results: ["f64"] }, (fb, { x }) =>
      fb.push(op("f64.add", x, x)),
    );
    m.function("main", { export: "main" }, (fb) =>
      fb.push(call(log, call(twice, load("f64.load", i32(8))))),
    );
    m.data(8, new Uint8Array(new Float64Array([21]).buffer));
    const got: number[] = [];
    const memory = new WebAssembly.Memory({ initial: 1 });
    run(m, { env: { memory, log: (x: number) => got.push(x) } }).main!();
    expect(got).toEqual([42]);
  });
  test("a shared memory counts atomically", () => {
    const m = new ModuleBuilder({
      memory: { pages: 1, maximum: 1, shared: true, import: { module: "env", name: "memory" } },
    });
    m.function("next", { results: ["i32"], export: "next" }, (fb) =>
      fb.push(access("i32.atomic.rmw.add", [i32(4), i32(1)])),
    );
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const { next } = run(m, { env: { memory } });
    expect([next!(), next!(), new Int32Array(memory.buffer)[1]]).toEqual([0, 1, 2]);
  });
  test("what a function keeps is computed once, before its body, and equal keys share it", () => {
    const m = new ModuleBuilder({ memory: { pages: 1, export: "memory" } });
    m.function("f", { results: ["i32"], export: "f" }, (fb) => {
      const total = fb.local("total", "i32");
      // The body changes the memory that is kept.
      const turn = (): Expr[] => {
        const [kept, again] = [0, 1].map(() => fb.kept("word", load("i32.load", i32(0)), "word"));
        expect(again).toBe(kept);
        return [set(total, op("i32.add", total, kept!)), store("i32.store", i32(0), i32(100))];
      };
      fb.push(...forRange(fb, { to: 3 }, turn), total);
    });
    const { f, memory } = run(m) as unknown as { f: () => number; memory: WebAssembly.Memory };
    new Int32Array(memory.buffer)[0] = 7;
    expect(f()).toBe(21);
  });
  test("what a key names is made once a module", () => {
    const m = new ModuleBuilder();
    const make = () => m.function("f", {}, () => {});
    expect(m.once("f", make)).toBe(m.once("f", make));
  });
});

describe("mistakes name the instruction, where they are made", () => {
  const m = new ModuleBuilder();
  test.each<[string, () => unknown, string]>([
    [
      "operands of another type",
      () => op("f32x4.mul", splat("f32x4", 1), f32(2)),
      "f32x4.mul: expected operands (v128, v128), got (v128, f32)",
    ],
    [
      "too few operands",
      () => op("i32.add", i32(1)),
      "i32.add: expected operands (i32, i32), got (i32)",
    ],
    ["an unknown instruction", () => op("i32.plus" as never), "i32.plus: not in the table"],
    [
      "an alignment above the natural one",
      () => load("f32.load", i32(0), { align: 8 }),
      "f32.load: expected an alignment of 1 to 4 bytes, got 8",
    ],
    ["a negative offset", () => load("f32.load", i32(0), { offset: -4 }), "LEB128"],
    [
      "a value left on the stack",
      () => block("b", i32(1)),
      "block $b: a statement leaves an i32; wrap it in drop()",
    ],
    [
      "a function without its result",
      () => m.function("none", { results: ["i32"] }, () => {}),
      "function none: expected to end in an i32",
    ],
    [
      "a statement that leaves a value",
      () => m.function("left", {}, (fb) => fb.push(i32(1))),
      "function left: statement 0 leaves an i32",
    ],
    [
      "a name that is taken",
      () => {
        m.function("twin", {}, () => {});
        m.function("twin", {}, () => {});
      },
      "function twin: the name is taken",
    ],
    [
      "a parameter behind locals",
      () =>
        m.function("late", {}, (fb) => {
          fb.local("a", "i32");
          fb.param("b", "i32");
        }),
      "parameter b is declared after locals",
    ],
    [
      "a shared memory without maximum",
      () => new ModuleBuilder({ memory: { pages: 1, shared: true } }),
      "needs a maximum",
    ],
    [
      "an import after a function, which would number that anew",
      () => {
        const late = new ModuleBuilder();
        late.function("f", {}, () => {});
        late.importFunction("env", "log", []);
      },
      "import log: expected before the first function",
    ],
    [
      "the text of a module that was not made to be printed",
      () => new ModuleBuilder({ isPrinted: false }).toWat(),
      "has no text",
    ],
  ])("%s", (_, mistake, message) => expect(mistake).toThrow(message));

  test("a branch to no block, and a stranger's local or function", () => {
    const bytes = (build: (m: ModuleBuilder) => void) => () => build(new ModuleBuilder());
    expect(bytes((n) => n.function("f", {}, (fb) => fb.push(br("nowhere"))))).toThrow(
      "function f: no block $nowhere",
    );
    expect(
      bytes((n) => {
        let stranger: Expr = i32(0);
        n.function("g", {}, (fb) => {
          stranger = fb.local("s", "i32");
        });
        n.function("f", {}, (fb) => fb.push(drop(stranger)));
      }),
    ).toThrow("function f: $s is a local of another function");
    const other = new ModuleBuilder().function("other", {}, () => {});
    expect(bytes((n) => n.function("f", {}, (fb) => fb.push(call(other))))).toThrow(
      "call $other: not a function of this module",
    );
  });
});

test("the text is folded, indented, and names what the bytes number", () => {
  const m = new ModuleBuilder({
    memory: { pages: 2, maximum: 3, shared: true, import: { module: "env", name: "memory" } },
  });
  const log = m.importFunction("env", "log", ["f32"]);
  m.function(
    "scale",
    { params: { x: "i32", factor: "f32" }, export: "scale" },
    (fb, { x, factor }) => {
      const last = fb.local("last", "f32");
      fb.push(
        ...forRange(fb, { to: 16, step: 4 }, (i) => {
          const at = op("i32.add", x, i);
          return [
            store("f32.store", at, op("f32.mul", load("f32.load", at), tee(last, factor)), {
              offset: 64,
            }),
          ];
        }),
        ifThen(
          op("f32.gt", last, f32(-0)),
          call(log, op("f32.add", last, f32(Number.POSITIVE_INFINITY))),
        ),
      );
    },
  );
  m.data(0, Uint8Array.of(1, 255));
  expect(m.toWat()).toBe(`(module
  (import "env" "log" (func $log (param f32)))
  (memory (import "env" "memory") 2 3 shared)
  (func $scale (export "scale") (param $x i32) (param $factor f32)
    (local $last f32)
    (local $i i32)
    (local.set $i (i32.const 0))
    (loop $for.i
      (f32.store offset=64
        (i32.add (local.get $x) (local.get $i))
        (f32.mul
          (f32.load (i32.add (local.get $x) (local.get $i)))
          (local.tee $last (local.get $factor))))
      (local.set $i (i32.add (local.get $i) (i32.const 4)))
      (br_if $for.i (i32.lt_s (local.get $i) (i32.const 16))))
    (if
      (f32.gt (local.get $last) (f32.const -0))
      (then
        (call $log (f32.add (local.get $last) (f32.const inf))))))
  (data (i32.const 0) "\\01\\ff"))
`);
  expect(WebAssembly.validate(m.toBytes())).toBe(true);
});

test("this host has vectors and threads", () => {
  expect([hasSimd(), hasThreads()]).toEqual([true, true]);
});
