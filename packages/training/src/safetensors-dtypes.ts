/**
 * The engine's dtypes in safetensors' names, and array data as its little-endian bytes.
 * Every platform that runs JavaScript today is little-endian; `nativeIsLittleEndian` guards the day one is not.
 */
import type { DType, Tensor } from "@cotangent/autodiff";

/** Name in the header and bytes per element. */
export const dtypes: { readonly [D in DType]: { readonly name: string; readonly bytes: number } } =
  {
    f64: { name: "F64", bytes: 8 },
    f32: { name: "F32", bytes: 4 },
    i32: { name: "I32", bytes: 4 },
    u32: { name: "U32", bytes: 4 },
    bool: { name: "BOOL", bytes: 1 },
  };

const nativeIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Writes the elements of `x` into `bytes` from `offset` on. */
export function packBytes(x: Tensor, bytes: Uint8Array, offset: number): void {
  if (x.dtype === "bool") {
    x.data.forEach((value, i) => {
      bytes[offset + i] = value ? 1 : 0;
    });
    return;
  }
  const { buffer, byteOffset, byteLength } = x.data;
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
  toLittleEndian(bytes.subarray(offset, offset + byteLength), dtypes[x.dtype].bytes);
}

/** The elements that `bytes` (a copy of its own, aligned) hold; `undefined` when BOOL bytes are not 0 or 1. */
export function unpackBytes(
  dtype: DType,
  bytes: Uint8Array<ArrayBuffer>,
): Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array | undefined {
  toLittleEndian(bytes, dtypes[dtype].bytes);
  const { buffer } = bytes;
  switch (dtype) {
    case "f64":
      return new Float64Array(buffer);
    case "f32":
      return new Float32Array(buffer);
    case "i32":
      return new Int32Array(buffer);
    case "u32":
      return new Uint32Array(buffer);
    case "bool":
      return bytes.every((value) => value <= 1) ? bytes : undefined;
  }
}

/** Reverses each element in place on a big-endian machine; the same call converts back. */
function toLittleEndian(bytes: Uint8Array, width: number): void {
  if (nativeIsLittleEndian) return;
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}
