// Runs a vector function over arrays: a module of one loop that loads, computes and stores.
import {
  called,
  type FloatShape,
  inlined,
  placeConstants,
  Scope,
  type VectorFunctionName,
} from "../../../src/math/index.ts";
import { type Expr, forRange, load, ModuleBuilder, store } from "../../../src/wasm/index.ts";

export type Floats = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
export interface Way {
  readonly isInlined?: boolean;
  readonly hasPlace?: boolean;
  readonly relaxed?: boolean;
}

/** Bytes that each operand and the result have in memory. */
const room = 1 << 16;

/** What `build` makes of the vectors of one to four arrays whose size is a multiple of 16 bytes. */
export function vectorLoop(
  inputs: number,
  build: (scope: Scope, operands: Expr[]) => Expr,
  prepare: (m: ModuleBuilder) => void = () => {},
): (...arrays: ArrayBufferView[]) => ArrayBuffer {
  const m = new ModuleBuilder({ memory: { pages: 6, export: "memory" } });
  prepare(m);
  m.function("run", { params: { count: "i32" }, export: "run" }, (fb, { count }) => {
    fb.push(
      ...forRange(fb, { to: count, step: 16 }, (i) => {
        const scope = new Scope(m, fb, []);
        const operands = Array.from({ length: inputs }, (_, k) =>
          scope.let(load("v128.load", i, { offset: k * room }), "x"),
        );
        const value = build(scope, operands);
        return [...scope.statements, store("v128.store", i, value, { offset: inputs * room })];
      }),
    );
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(m.toBytes()));
  const memory = new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
  const run = instance.exports.run as (count: number) => void;
  return (...arrays) => {
    const total = arrays[0]!.byteLength;
    const out = new Uint8Array(total);
    for (let at = 0; at < total; at += room) {
      const size = Math.min(room, total - at);
      for (const [k, x] of arrays.entries())
        memory.set(new Uint8Array(x.buffer, x.byteOffset + at, size), k * room);
      run(size);
      out.set(memory.subarray(inputs * room, inputs * room + size), at);
    }
    return out.buffer;
  };
}

/** A function of the table on whole arrays. */
export function onArrays<T extends Floats>(
  name: VectorFunctionName,
  shape: FloatShape,
  { isInlined = false, hasPlace = true, relaxed = false }: Way = {},
): (...arrays: T[]) => T {
  const arity = ["atan2", "mod", "pow"].includes(name) ? 2 : 1;
  const run = vectorLoop(
    arity,
    (scope, operands) =>
      isInlined
        ? inlined(scope, name, shape, operands, { relaxed })
        : called(scope.module, name, shape, operands, { relaxed }),
    (m) => hasPlace && placeConstants(m, 5 * room),
  );
  const array = shape === "f32x4" ? Float32Array : Float64Array;
  return (...arrays) => new array(run(...arrays)) as T;
}
