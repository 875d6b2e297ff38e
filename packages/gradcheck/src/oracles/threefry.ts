// Threefry-2x32 with 20 rounds in whole numbers without bounds (Salmon et al. 2011; Random123).
//
//   x0 ← x0 + x1,  x1 ← (x1 ⋘ Rᵢ) ⊕ x0   mod 2³²; every fourth round adds the next words of the key
const rotations = [13n, 15n, 26n, 6n, 17n, 29n, 16n, 24n];
const parity = 0x1bd11bdan;
const word = (x: bigint) => BigInt.asUintN(32, x);

/** The two words that block (c0, c1) becomes under the key (k0, k1). */
export function threefryBlock(k0: bigint, k1: bigint, c0: bigint, c1: bigint): [bigint, bigint] {
  const keys = [k0, k1, parity ^ k0 ^ k1];
  let [x0, x1] = [word(c0 + k0), word(c1 + k1)];
  for (let round = 0; round < 20; round++) {
    const by = rotations[round % 8]!;
    x0 = word(x0 + x1);
    x1 = word((x1 << by) | (x1 >> (32n - by))) ^ x0;
    const injection = (round + 1) / 4;
    if (!Number.isInteger(injection)) continue;
    x0 = word(x0 + keys[injection % 3]!);
    x1 = word(x1 + keys[(injection + 1) % 3]! + BigInt(injection));
  }
  return [x0, x1];
}
