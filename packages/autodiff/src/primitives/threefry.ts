// Threefry-2x32 with 20 rounds: a counter-based generator of random bits (Salmon et al. 2011, Random123).
//
//   (y0, y1) = threefry(key, counter), a bijection of the 64-bit counter for each 64-bit key
//
// As a primitive it maps key [..., 2] and counter [..., 2] (u32) to [..., 2·blocks]: block j encrypts
// (counter0 + j, counter1). The bits are the same in every engine.
import { allocate, broadcastShapes, type NDArray, type Spec, sizeOf } from "../array.ts";
import { primitive } from "../interpreter.ts";
import { notLinear, zeroTangent, type PrimitiveFunction } from "../primitive.ts";
import { alignBatch } from "./arithmetic.ts";
import { broadcastStrides, eachRow } from "./strided.ts";

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** One block: the two encrypted words. */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): [number, number] {
  const keys = [key0, key1, key0 ^ key1 ^ 0x1bd11bda] as const;
  let x0 = (counter0 + key0) | 0;
  let x1 = (counter1 + key1) | 0;
  for (let round = 0; round < 20; round++) {
    const by = rotations[round % 8] as number;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << by) | (x1 >>> (32 - by))) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + (keys[injection % 3] as number)) | 0;
      x1 = (x1 + (keys[(injection + 1) % 3] as number) + injection) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}

export const threefry: PrimitiveFunction<{ blocks: number }> = primitive({
  name: "threefry",
  shape([key, counter], { blocks }) {
    const [k, c] = [key as Spec, counter as Spec];
    return {
      dtype: "u32",
      shape: [...broadcastShapes("threefry", k.shape, c.shape).slice(0, -1), 2 * blocks],
    };
  },
  evaluate([key, counter], out, { blocks }) {
    const [k, c] = [key as NDArray, counter as NDArray];
    const data = allocate("u32", sizeOf(out.shape));
    const leading = out.shape.slice(0, -1);
    const operands = [k, c].map(({ shape }) =>
      broadcastStrides([...shape.slice(0, -1), 2], [...leading, 2]).slice(0, -1),
    );
    let at = 0;
    eachRow(
      leading,
      operands,
      [0, 0],
      (length, [keyStart, counterStart], [keyStep, counterStep]) => {
        for (let i = 0; i < length; i++) {
          const p = (keyStart as number) + i * (keyStep as number);
          const q = (counterStart as number) + i * (counterStep as number);
          for (let block = 0; block < blocks; block++, at += 2)
            data.set(
              threefry2x32(
                k.data[p] as number,
                k.data[p + 1] as number,
                (c.data[q] as number) + block,
                c.data[q + 1] as number,
              ),
              at,
            );
        }
      },
    );
    return { ...out, data };
  },
  jvp: zeroTangent,
  transpose: notLinear("threefry"),
  batch: (inputs, mapped, _size, params) => threefry(alignBatch(inputs, mapped), params),
});
