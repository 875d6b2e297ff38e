// Threefry-2x32 with 20 rounds: a counter-based generator of random bits (Salmon et al. 2011, Random123).
//
//   (y0, y1) = threefry(key, counter), a bijection of the 64-bit counter for each 64-bit key
//
// As a primitive it maps key [..., 2] and counter [..., 2] (u32) to [..., 2·blocks]: block j encrypts
// (counter0 + j, counter1). The bits are the same in every engine.
import { allocate, broadcastShapes, sizeOf } from "../array.ts";
import { primitive } from "../interpreter.ts";
import { notLinear, type PrimitiveFunction, zeroTangent } from "../primitive.ts";
import { alignBatch } from "./arithmetic.ts";
import { broadcastStrides, eachRow } from "./strided.ts";

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/** One block: the two encrypted words. */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): [number, number] {
  const keys = [key0, key1, key0 ^ key1 ^ 0x1bd11bda];
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let round = 1; round <= 20; round++) {
    const by = rotations[(round - 1) % 8]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << by) | (x1 >>> (32 - by))) ^ x0;
    if (round % 4 !== 0) continue;
    x0 = (x0 + keys[(round / 4) % 3]!) | 0;
    x1 = (x1 + keys[(round / 4 + 1) % 3]! + round / 4) | 0;
  }
  return [x0 >>> 0, x1 >>> 0];
}

export const threefry: PrimitiveFunction<{ readonly blocks: number }> = primitive({
  name: "threefry",
  shape: ([key, counter], { blocks }) => {
    const leading = broadcastShapes("threefry", key!.shape, counter!.shape).slice(0, -1);
    return { dtype: "u32", shape: [...leading, 2 * blocks] };
  },
  evaluate([key, counter], { dtype, shape }, { blocks }) {
    const data = allocate(dtype, sizeOf(shape));
    const pairs = shape.with(-1, 2);
    const steps = [key!, counter!].map((x) => broadcastStrides(x.shape, pairs).slice(0, -1));
    let at = 0;
    eachRow(shape.slice(0, -1), steps, [0, 0], (length, [p0, q0], [dp, dq]) => {
      for (let i = 0; i < length; i++) {
        const [k0, k1] = key!.data.subarray(p0! + i * dp!) as unknown as [number, number];
        const [c0, c1] = counter!.data.subarray(q0! + i * dq!) as unknown as [number, number];
        for (let block = 0; block < blocks; block++) {
          const words = threefry2x32(k0, k1, c0 + block, c1);
          data[at++] = words[0];
          data[at++] = words[1];
        }
      }
    });
    return { dtype, shape, data };
  },
  jvp: zeroTangent,
  transpose: notLinear("threefry"),
  batch: (inputs, mapped, _size, params) => threefry(alignBatch(inputs, mapped), params),
});
