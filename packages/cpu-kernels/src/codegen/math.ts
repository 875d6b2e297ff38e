// The bridge to the vector functions of `math`: one shared function a module, called per vector.
import type { Expr, ModuleBuilder } from "../wasm/index.ts";
export function mathCall(
  _module: ModuleBuilder,
  name: string,
  _shape: "f32x4" | "f64x2",
  _operands: readonly Expr[],
): Expr {
  throw new TypeError(`compile: no code for ${name}`);
}
