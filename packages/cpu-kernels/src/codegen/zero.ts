// A zero kernel: a whole buffer set to zero.
import type { ZeroKernel } from "@cotangent/graph-passes";
import { i32, op } from "../wasm/index.ts";
import { type ModuleContext, type Phase, phase } from "./context.ts";
import { product } from "./equations/scalar.ts";
import { bytesPer } from "./vectors.ts";

const bytesPerUnit = 1 << 16;

export function zeroCode(name: string, { buffer }: ZeroKernel, module: ModuleContext): Phase {
  const bytes = product(buffer.shape) * bytesPer(buffer.dtype);
  const start = module.address(buffer);
  const units = Math.ceil(bytes / bytesPerUnit);
  return phase(module, name, units, (fb, { begin, end }) => {
    const from = op("i32.mul", begin, i32(bytesPerUnit));
    const whole = op("i32.mul", op("i32.sub", end, begin), i32(bytesPerUnit));
    const excess = op("i32.mul", op("i32.eq", end, i32(units)), i32(units * bytesPerUnit - bytes));
    fb.push(
      op("memory.fill", op("i32.add", from, i32(start)), i32(0), op("i32.sub", whole, excess)),
    );
  });
}
