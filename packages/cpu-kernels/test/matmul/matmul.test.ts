import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matmul, type Product } from "../../src/matmul/index.ts";
import { call, hasRelaxedSimd, i32, ModuleBuilder } from "../../src/wasm/index.ts";

const PAGE = 65536;
const GUARD = 64;

type Sizes = readonly [rows: number, depth: number, columns: number];
type Kind = "NN" | "NT" | "TN" | "TT";

/** A product of contiguous matrices; T is a matrix that is stored transposed. */
function contiguous(
  [rows, depth, columns]: Sizes,
  kind: Kind,
  dtype: "f32" | "f64",
  relaxed = false,
): Product {
  const left = kind[0] === "N" ? { row: depth, depth: 1 } : { row: 1, depth: rows };
  const right = kind[1] === "N" ? { depth: columns, column: 1 } : { depth: 1, column: depth };
  return { dtype, rows, depth, columns, left, right, relaxed };
}

/** Elements before and behind the first that strides reach, inclusive. */
function reach(
  terms: readonly (readonly [count: number, stride: number])[],
): [before: number, length: number] {
  if (terms.some(([count]) => count === 0)) return [0, 0];
  const ends = terms.map(([count, stride]) => (count - 1) * stride);
  const before = -ends.reduce((sum, end) => sum + Math.min(0, end), 0);
  return [before, before + ends.reduce((sum, end) => sum + Math.max(0, end), 0) + 1];
}

type Numbers = Float32Array | Float64Array;

interface Run {
  readonly out: Numbers;
  readonly left: Numbers;
  readonly right: Numbers;
  readonly path: string;
}

interface Options {
  /** The elements of the operands, by position. */
  readonly value?: (i: number) => number;
  /** Rows are computed in ranges that end at these multiples of the row tile. */
  readonly cuts?: readonly number[];
  /** Which region ends at the end of memory, so that reading behind it traps. */
  readonly last?: number;
}

const noise = (i: number): number => Math.sin(i * 12.9898 + 1) * 1.7;

function sameBits(a: Numbers, b: Numbers): boolean {
  const bytes = (x: Numbers): Buffer => Buffer.from(x.buffer, x.byteOffset, x.byteLength);
  return bytes(a).equals(bytes(b));
}

/** Runs a product with every region between guards. */
function run(p: Product, { value = noise, cuts = [], last = 0 }: Options = {}): Run {
  const View = p.dtype === "f32" ? Float32Array : Float64Array;
  const bytes = View.BYTES_PER_ELEMENT;
  const [leftBefore, leftLength] = reach([
    [p.rows, p.left.row],
    [p.depth, p.left.depth],
  ]);
  const [rightBefore, rightLength] = reach([
    [p.depth, p.right.depth],
    [p.columns, p.right.column],
  ]);

  const probe = matmul(new ModuleBuilder({ memory: { pages: 1 } }), p);
  const lengths = [
    leftLength * bytes,
    rightLength * bytes,
    p.rows * p.columns * bytes,
    probe.packed?.bytes ?? 0,
    probe.scratchBytes,
  ];
  const total = lengths.reduce((sum, length) => sum + length + 2 * GUARD + bytes, 0);
  const pages = Math.ceil(total / PAGE) + 1;
  const starts: number[] = [];
  // Addresses are multiples of the element's size only.
  let at = GUARD + bytes;
  lengths.forEach((length, region) => {
    starts.push(region === last ? pages * PAGE - length : at);
    if (region === last) return;
    at += length + GUARD + (length % 8);
    at += bytes - (at % bytes);
  });
  const [left, right, out, packed, scratch] = starts as [number, number, number, number, number];

  const m = new ModuleBuilder({ memory: { pages, export: "memory" } });
  const product = matmul(m, p);
  m.function("run", { export: "run" }, (fb) => {
    const [a, b] = [left + leftBefore * bytes, right + rightBefore * bytes];
    if (product.packed) fb.push(call(product.packed.pack, i32(b), i32(packed)));
    const ends = [...cuts.map((cut) => Math.min(cut * product.rowTile, p.rows)), p.rows];
    ends.forEach((end, k) => {
      const bounds = [i32(k === 0 ? 0 : ends[k - 1]!), i32(end)];
      fb.push(
        call(
          product.multiply,
          i32(a),
          i32(product.packed ? packed : b),
          i32(out),
          ...bounds,
          i32(scratch),
        ),
      );
    });
  });
  const code = new WebAssembly.Module(m.toBytes());
  const { memory, run } = new WebAssembly.Instance(code).exports as unknown as {
    memory: WebAssembly.Memory;
    run: () => void;
  };
  const before = new Uint8Array(memory.buffer).fill(0xff); // NaN in every float
  const operand = (start: number, length: number, salt: number): Numbers =>
    new View(memory.buffer, start, length).map((_, i) => value(i + salt));
  const operands = [operand(left, leftLength, 0), operand(right, rightLength, 1000)] as const;
  new View(memory.buffer, left, leftLength).set(operands[0]);
  new View(memory.buffer, right, rightLength).set(operands[1]);
  run();

  const inside = new Uint8Array(pages * PAGE);
  lengths.forEach((length, region) => inside.fill(1, starts[region]!, starts[region]! + length));
  const touched = before.findIndex((byte, i) => !inside[i] && byte !== 0xff);
  if (touched >= 0)
    throw new Error(`wrote outside every region, at ${touched}; regions start at ${starts}`);
  const same = (start: number, expected: Numbers): void =>
    expect(sameBits(new View(memory.buffer, start, expected.length), expected)).toBe(true);
  same(left, operands[0]);
  same(right, operands[1]);
  const result = new View(memory.buffer, out, p.rows * p.columns).slice();
  return {
    out: result,
    left: operands[0].subarray(leftBefore),
    right: operands[1].subarray(rightBefore),
    path: product.path,
  };
}

/** Compares with a triple loop in double precision, relative to the terms' magnitude. */
function check(p: Product, options: Options = {}): Run {
  const got = run(p, options);
  const [leftBefore] = reach([
    [p.rows, p.left.row],
    [p.depth, p.left.depth],
  ]);
  const [rightBefore] = reach([
    [p.depth, p.right.depth],
    [p.columns, p.right.column],
  ]);
  const a = new (got.left.constructor as Float64ArrayConstructor)(got.left.buffer);
  const b = new (got.right.constructor as Float64ArrayConstructor)(got.right.buffer);
  const unit = p.dtype === "f32" ? 2 ** -24 : 2 ** -53;
  let worst = 0;
  for (let i = 0; i < p.rows; i++)
    for (let j = 0; j < p.columns; j++) {
      let [sum, magnitude] = [0, 0];
      for (let k = 0; k < p.depth; k++) {
        const term =
          a[leftBefore + i * p.left.row + k * p.left.depth]! *
          b[rightBefore + k * p.right.depth + j * p.right.column]!;
        sum += term;
        magnitude += Math.abs(term);
      }
      const error = Math.abs(got.out[i * p.columns + j]! - sum);
      if (!(error <= magnitude * unit * (4 + 2 * Math.sqrt(p.depth))))
        throw new Error(
          `[${i}, ${j}] of ${JSON.stringify(p)} by ${got.path}: ${got.out[i * p.columns + j]}, expected ${sum}`,
        );
      worst = Math.max(worst, error);
    }
  return got;
}

const kinds = ["NN", "NT", "TN", "TT"] as const;
const dtypes = ["f32", "f64"] as const;
const fusions = hasRelaxedSimd() ? [false, true] : [false];

describe.each(dtypes)("%s", (dtype) => {
  describe.each(fusions)("fused multiply-add: %s", (relaxed) => {
    const sizes: readonly (readonly [...Sizes, string])[] = [
      [1, 1, 1, "one element"],
      [1, 1000, 1, "a dot product"],
      [257, 129, 33, "odd"],
      [4, 5, 8, "one tile"],
      [5, 5, 5, "a tile and an edge"],
      [7, 1100, 9, "three depth blocks"],
      [1, 7, 100, "one row"],
      [2, 300, 130, "two rows"],
      [3, 5, 7, "three rows"],
      [100, 7, 1, "one column"],
      [130, 300, 2, "two columns"],
      [50, 9, 3, "three columns"],
      [64, 2, 128, "depth 2"],
      [33, 3, 5, "depth 3"],
      [9, 4, 1, "depth 4 to one column"],
      [3, 1, 3, "an outer product"],
      [17, 31, 6, "few columns"],
      [21, 1100, 13, "few columns in three depth blocks"],
      [16, 40, 24, "few rows"],
      [200, 30, 16, "several blocks of rows"],
      [30, 1100, 67, "B block by block"],
    ];
    test.each(sizes)("%i×%i×%i, %s, in every form of storage", (rows, depth, columns) => {
      for (const kind of kinds) check(contiguous([rows, depth, columns], kind, dtype, relaxed));
    });

    test("zero sizes write zeros or nothing", () => {
      for (const sizes of [
        [0, 3, 4],
        [3, 4, 0],
        [0, 0, 0],
      ] as const)
        expect(run(contiguous(sizes, "NN", dtype, relaxed)).out.length).toBe(0);
      const { out } = run(contiguous([3, 0, 5], "NN", dtype, relaxed));
      expect([...out]).toEqual(Array(15).fill(0));
    });

    test("no region is read behind its end", () => {
      for (const sizes of [
        [5, 6, 7],
        [3, 9, 5],
        [11, 10, 3],
        [6, 3, 7],
        [19, 17, 21],
        [2, 6, 1],
        [70, 5, 13],
      ] as const)
        for (const kind of kinds)
          for (const last of [0, 1, 2, 3, 4])
            check(contiguous(sizes, kind, dtype, relaxed), { last });
    });

    test("any sizes, strides and cuts: as the triple loop, and the same bits however the rows are cut", () => {
      const size = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }));
      const stride = fc.oneof(fc.constantFrom(1, 0, -1), fc.integer({ min: -3, max: 45 }));
      fc.assert(
        fc.property(
          fc.tuple(size, size, size),
          fc.tuple(stride, stride, stride, stride),
          fc.constantFrom(...kinds, "any" as const),
          fc.integer({ min: 0, max: 4 }),
          fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }),
          (sizes, [row, k, depth, column], kind, last, cuts) => {
            const p =
              kind === "any"
                ? {
                    ...contiguous(sizes, "NN", dtype, relaxed),
                    left: { row, depth: k },
                    right: { depth, column },
                  }
                : contiguous(sizes, kind, dtype, relaxed);
            const whole = check(p, { last });
            const cut = run(p, { cuts: cuts.toSorted((a, b) => a - b) });
            expect(sameBits(cut.out, whole.out)).toBe(true);
          },
        ),
        { numRuns: 150 },
      );
    });

    test("operands as long as a batch, packed block by block: the same bits however the rows are cut", () => {
      // The last block of depth is shorter, and so are the last panel and the last tile.
      for (const kind of ["TN", "TT"] as const) {
        const p = contiguous([83, 1101, 131], kind, dtype, relaxed);
        expect(matmul(new ModuleBuilder({ memory: { pages: 1 } }), p).isStreamed).toBe(true);
        const whole = check(p, { last: 4 });
        expect(sameBits(run(p, { cuts: [1, 4, 7] }).out, whole.out)).toBe(true);
      }
    });

    test("a wide right operand, packed some columns at a time: the same bits however the rows are cut", () => {
      // The last piece is narrower, and so is its last panel; of two blocks of depth, one is shorter.
      for (const kind of ["NN", "NT"] as const) {
        const p = contiguous([67, 701, 203], kind, dtype, relaxed);
        expect(matmul(new ModuleBuilder({ memory: { pages: 1 } }), p).isStreamed).toBe(true);
        const whole = check(p, { last: 4 });
        expect(sameBits(run(p, { cuts: [1, 4, 7] }).out, whole.out)).toBe(true);
      }
    });

    test("equal rows, and equal columns, have equal products, bit for bit", () => {
      for (const [rows, depth, columns] of [
        [11, 13, 10],
        [11, 13, 3],
        [3, 13, 11],
        [11, 3, 10],
      ] as const)
        for (const step of [1, 20]) {
          const p = contiguous([rows, depth, columns], "NN", dtype, relaxed);
          const row = run({ ...p, left: { row: 0, depth: step } }).out;
          for (let i = 1; i < rows; i++)
            expect(
              sameBits(row.subarray(i * columns, (i + 1) * columns), row.subarray(0, columns)),
            ).toBe(true);
          const column = run({ ...p, right: { depth: step, column: 0 } }).out;
          for (let i = 0; i < rows * columns; i++)
            expect(column[i]).toBe(column[i - (i % columns)]);
        }
    });

    test("NaN and infinity reach the elements that they belong to, and no others", () => {
      for (const sizes of [
        [9, 10, 11],
        [9, 2, 11],
        [2, 10, 9],
        [9, 10, 2],
        [70, 600, 17],
      ] as const)
        for (const kind of kinds) {
          const [rows, depth, columns] = sizes;
          const p = contiguous(sizes, kind, dtype, relaxed);
          const at = (depth - 1) * p.left.depth + (rows - 1) * p.left.row;
          const spoilt = run(p, { value: (i) => (i === at ? Number.NaN : noise(i)) }).out;
          const clean = run(p).out;
          const from = (rows - 1) * columns;
          expect(sameBits(spoilt.subarray(0, from), clean.subarray(0, from))).toBe(true);
          expect(spoilt.subarray(from).every(Number.isNaN)).toBe(true);
          const ones = (i: number): number => (i === at ? Number.POSITIVE_INFINITY : 1);
          const infinite = run(p, { value: ones }).out;
          expect(infinite.subarray(0, from).every((x) => x === depth)).toBe(true);
          expect(infinite.subarray(from).every((x) => x === Number.POSITIVE_INFINITY)).toBe(true);
        }
    });

    test("a sum of negative zeros is positive zero, on every path", () => {
      for (const sizes of [
        [9, 10, 11],
        [9, 2, 11],
        [2, 10, 9],
        [9, 10, 2],
      ] as const)
        for (const kind of kinds)
          for (const x of run(contiguous(sizes, kind, dtype, relaxed), {
            value: (i) => (i < 1000 ? -0 : 1),
          }).out)
            expect(Object.is(x, 0)).toBe(true);
    });
  });
});

test("register tiles of any shape compute the same bits", () => {
  for (const [height, vectors, unroll] of [
    [6, 2, 2],
    [5, 2, 4],
    [3, 3, 1],
    [1, 1, 3],
  ] as const)
    for (const kind of kinds)
      for (const last of [0, 1, 2, 3, 4])
        for (const dtype of dtypes) {
          const p = contiguous([20, 21, 19], kind, dtype);
          const blocking = { height, vectors, unroll, depth: 512, tiles: 2 };
          const tiled = check({ ...p, blocking }, { last, cuts: [1, 2] });
          expect(sameBits(tiled.out, run(p).out)).toBe(true);
          check({ ...p, blocking: { ...blocking, depth: 8 } }, { last });
        }
});

test("each path is taken where it is meant", () => {
  const path = (sizes: Sizes, kind: Kind): string =>
    matmul(new ModuleBuilder({ memory: { pages: 1 } }), contiguous(sizes, kind, "f32")).path;
  expect([path([256, 2, 128], "NN"), path([256, 2, 128], "NT")]).toEqual(["outer", "outer"]);
  expect([path([256, 128, 2], "NN"), path([128, 256, 2], "TN")]).toEqual(["dot", "thin"]);
  expect([path([2, 256, 128], "TN"), path([2, 256, 128], "NT")]).toEqual(["thin", "dot"]);
  expect([path([128, 256, 10], "TN"), path([128, 256, 17], "TN")]).toEqual(["thin", "panels"]);
  expect([path([128, 256, 10], "NN"), path([16, 256, 10], "TN")]).toEqual(["panels", "panels"]);
  expect([path([256, 128, 128], "NN"), path([4, 0, 4], "NN")]).toEqual(["panels", "zero"]);
});

test("products share their tiles, and equal products all of their functions", () => {
  const m = new ModuleBuilder({ memory: { pages: 1 } });
  const p = contiguous([256, 128, 128], "NN", "f32");
  const first = matmul(m, p);
  const size = m.toBytes().length;
  const second = matmul(m, p);
  expect(second.multiply).toBe(first.multiply);
  expect(second.packed?.pack).toBe(first.packed?.pack);
  expect(m.toBytes().length).toBe(size);
  matmul(m, contiguous([128, 64, 256], "NN", "f32"));
  expect(m.toBytes().length - size).toBeLessThan(size / 2);
});

test("two products of one operand with equal keys share its packed form", () => {
  const m = new ModuleBuilder({ memory: { pages: 1 } });
  const [a, b] = [
    [256, 128, 64],
    [512, 128, 64],
  ].map((sizes) => matmul(m, contiguous(sizes as never, "NN", "f32")));
  expect(a!.packed!.key).toBe(b!.packed!.key);
  expect(a!.packed!.pack).toBe(b!.packed!.pack);
});

test("a size that is no count is refused", () => {
  const m = new ModuleBuilder({ memory: { pages: 1 } });
  expect(() => matmul(m, contiguous([2, -1, 2], "NN", "f32"))).toThrow(
    "matmul: expected depth to be a count, got -1",
  );
});

describe("a great depth costs few digits, since it is summed in blocks", () => {
  const depth = 2 ** 18 + 5;
  const shapes: [string, Sizes, Kind][] = [
    ["dot, columns", [5, depth, 3], "NN"],
    ["dot, rows", [2, depth, 5], "NT"],
    ["thin, columns", [5, depth, 3], "TN"],
    ["thin, more columns", [17, depth, 10], "TN"],
    ["thin, rows", [3, depth, 6], "NN"],
    ["panels", [5, depth, 5], "TN"],
  ];
  const positive = (i: number): number => 1 + noise(i) / 2;
  test.each(shapes)("%s", (path, sizes, kind) => {
    const product = contiguous(sizes, kind, "f32");
    const single = run(product, { value: positive });
    expect(path).toContain(single.path);
    const exact = run(contiguous(sizes, kind, "f64"), { value: (i) => Math.fround(positive(i)) });
    single.out.forEach((x, i) => expect(Math.abs(x / exact.out[i]! - 1)).toBeLessThan(1.5e-6));
  });
});
