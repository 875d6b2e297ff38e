// LEB128: integers in groups of seven bits, least significant first, the eighth bit saying that more follow.
// WebAssembly writes sizes, indices and opcodes unsigned, constants signed.
//
// Both append to a list and return it: `signed(n, [0x41])` is the instruction i32.const n.

/** The unsigned encoding of an integer in [0, 2³²), behind `bytes`. */
export function unsigned(value: number, bytes: number[] = []): number[] {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32)
    throw new RangeError(`LEB128: expected an integer in [0, 2^32), got ${value}`);
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return bytes;
}

/**
 * The signed encoding of a 32-bit integer, or of a 64-bit one as a bigint, behind `bytes`. Ends where the sign bit of the
 * last group says the rest.
 */
export function signed(value: number | bigint, bytes: number[] = []): number[] {
  // Numbers of 32 bits, nearly all there are, go without BigInt.
  if (typeof value === "number")
    for (let n = value | 0; ; n >>= 7) {
      if (n >> 6 === 0 || n >> 6 === -1) {
        bytes.push(n & 127);
        return bytes;
      }
      bytes.push((n & 127) | 128);
    }
  for (let rest = value; ; rest >>= 7n) {
    const group = Number(rest & 127n);
    if (rest >> 6n === 0n || rest >> 6n === -1n) {
      bytes.push(group);
      return bytes;
    }
    bytes.push(group | 128);
  }
}
