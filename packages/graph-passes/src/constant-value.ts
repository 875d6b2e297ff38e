// The one value of a constant whose elements are all the same: derivatives are full of arrays like 1/n.
import { type Atom, Tensor, type TypedArray } from "@cotangent/autodiff";

const values = new WeakMap<Tensor, { readonly value: number | undefined }>();

/** The value of all elements of a constant, if it is one and they are the same to the bit. */
export function constantValue(atom: Atom | undefined): number | undefined {
  if (!(atom instanceof Tensor) || atom.interpreter) return undefined;
  const known = values.get(atom);
  if (known) return known.value;
  const value = uniformOf(atom.data);
  values.set(atom, { value });
  return value;
}

/**
 * Compares words of 32 bits, by a loop: the arrays may be large, and the host has not optimised this code when it runs
 * once; numbers that are no small integers, and calls, would cost it ten times as much.
 */
function uniformOf(data: TypedArray): number | undefined {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: bytes } = data;
  const words = bytes === 1 ? data : new Int32Array(buffer, byteOffset, byteLength / 4);
  const step = bytes === 8 ? 2 : 1;
  const end = words.length;
  // The last element tells most arrays apart.
  for (let i = 0; i < step; i++) if (words[i] !== words[end - step + i]) return undefined;
  for (let i = step; i < end; i++) if (words[i] !== words[i - step]) return undefined;
  return data[0];
}
