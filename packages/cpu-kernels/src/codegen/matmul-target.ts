// Where a matmul kernel's product goes before its epilogue reads it.
//
//   into the memory of a result of the same shape, which the epilogue then overwrites; else into scratch memory
import type { Buffer, MatmulKernel, ScalarCode, View } from "@cotangent/graph-passes";
import type { ModuleContext } from "./context.ts";
import { product, rowMajor } from "./equations/scalar.ts";
import { bytesPer } from "./vectors.ts";

/** The product's view over [batch…, rows, columns], and the epilogue, whose first load it is. */
export interface Target {
  readonly view: View;
  readonly code: ScalarCode;
  /** The context, which knows where the view's buffer lies. */
  readonly module: ModuleContext;
}

/** First and last byte of a buffer. */
function extent({ buffer }: View, module: ModuleContext): [from: number, to: number] {
  const at = module.address(buffer);
  return [at, at + product(buffer.shape) * bytesPer(buffer.dtype)];
}

export function targetOf(kernel: MatmulKernel, module: ModuleContext): Target {
  const { batch, rows, columns, dtype, epilogue } = kernel;
  const shape = [...batch, rows, columns];
  const strides = rowMajor(shape);
  // Each member of the batch is a matrix; where it lies is up to the view.
  const isWhole = ({ buffer, strides: given }: View): boolean =>
    buffer.dtype === dtype &&
    shape.every(
      (length, axis) => length === 1 || axis < batch.length || given[axis] === strides[axis],
    );
  /** Memory may be shared with a buffer that ends its life here: not with one that the epilogue still reads. */
  const isFree = (view: View): boolean => {
    const [from, to] = extent(view, module);
    return [...epilogue.loads, kernel.left, kernel.right].every((load) => {
      const [start, end] = extent(load, module);
      // Blocks lie elsewhere.
      const isApart = (load.buffer.role === "block") !== (view.buffer.role === "block");
      return isApart || start >= to || end <= from;
    });
  };
  const usable = epilogue.stores.filter(({ view }) => isWhole(view) && isFree(view));
  const chosen = usable.find(({ value }) => value === 0) ?? usable[0];
  const temporary: Buffer = { id: -1, dtype, shape, role: "temporary" };
  const view = {
    buffer: chosen?.view.buffer ?? temporary,
    offset: chosen?.view.offset ?? 0,
    strides: chosen?.view.strides ?? strides,
  };
  const stores = epilogue.stores.filter((store) => store !== chosen || store.value !== 0);
  const code = { ...epilogue, given: [], loads: [view, ...epilogue.loads], stores };
  if (chosen) return { view, code, module };
  const scratch = module.scratch(product(shape) * bytesPer(dtype));
  const address = (buffer: Buffer): number =>
    buffer === temporary ? scratch : module.address(buffer);
  return { view, code, module: { ...module, address } };
}
