// The constants of the functions, as operands or in memory.
//
//   v128.const f32x4 c c c c        three or four machine instructions each time
//   v128.load32_splat offset=…      one
//
// Called functions make their constants anew in each call, and V8's newer compiler does not move them out of loops
// either, so that constants may take longer than the arithmetic. Given a place in memory, the constants of a module
// lie there, once each; inlined code, which stands in a loop, loads them into locals before.
// (Measured: docs/design/simd-math.md.)
import {
  type Expr,
  i32,
  load,
  type ModuleBuilder,
  splat,
  type VectorShape,
} from "../wasm/index.ts";
import { type FloatShape, type Lanes, makeLanes } from "./lanes.ts";
import type { Scope } from "./scope.ts";

/** Bytes that the constants of all functions in both precisions fit into. */
export const constantBytes = 8192;
const chunkBytes = 256;

interface Pool {
  constant(shape: VectorShape, value: number | bigint): Expr;
}

/** Constants from `address` on; each chunk is a data segment of the module. */
function makePool(module: ModuleBuilder, address: number): Pool {
  const places = new Map<string, number>();
  let end = 0;
  let chunk = new DataView(new ArrayBuffer(0));
  const place = (key: string, width: 4 | 8, write: (view: DataView, at: number) => void) => {
    const known = places.get(key);
    if (known !== undefined) return known;
    end = Math.ceil(end / width) * width;
    if (end % chunkBytes === 0) {
      const bytes = new Uint8Array(chunkBytes);
      chunk = new DataView(bytes.buffer);
      module.data(address + end, bytes);
    }
    const offset = address + end;
    write(chunk, end % chunkBytes);
    end += width;
    places.set(key, offset);
    return offset;
  };
  return {
    constant(shape, value) {
      const width = shape === "f32x4" || shape === "i32x4" ? 4 : 8;
      const key = `${shape} ${Object.is(value, -0) ? "-0" : value}`;
      const offset = place(key, width, (view, at) => {
        if (shape === "f32x4") view.setFloat32(at, Number(value), true);
        else if (shape === "f64x2") view.setFloat64(at, Number(value), true);
        else if (shape === "i32x4")
          view.setInt32(at, Number(BigInt.asIntN(32, BigInt(value))), true);
        else view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true);
      });
      return load(width === 4 ? "v128.load32_splat" : "v128.load64_splat", i32(0), { offset });
    },
  };
}

/** Puts the constants of the functions into memory, `constantBytes` from a multiple of 8 on. Once a module, first. */
export function placeConstants(module: ModuleBuilder, address: number): void {
  module.once("math.constants", () => makePool(module, address));
}

/** Lanes for code of the module: constants in memory if they have a place, else operands. */
export function lanesIn(module: ModuleBuilder, shape: FloatShape, isRelaxed: boolean): Lanes {
  const pool = module.once<Pool>("math.constants", () => ({ constant: splat }));
  return makeLanes(shape, pool.constant, isRelaxed);
}

/** The same for code in a loop: its constants are in locals of the function, from its start on. */
export function lanesInLoop({ module, fb }: Scope, shape: FloatShape, isRelaxed: boolean): Lanes {
  const pool = module.once<Pool>("math.constants", () => ({ constant: splat }));
  const kept: Pool["constant"] = (of, value) =>
    fb.kept(`${of} ${Object.is(value, -0) ? "-0" : value}`, pool.constant(of, value), "constant");
  return makeLanes(shape, kept, isRelaxed);
}
