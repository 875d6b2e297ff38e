/** A compiled function that nobody holds any more frees its pipelines. */
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { exp, type Tensor, tensor } from "@cotangent/autodiff";
import { expect, test } from "vitest";
import { compile, type Device, openDevice } from "../../src/index.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

test("pipelines go with the function, and not before", async () => {
  const device = await openDevice({ mode: "cpu" });
  let freed = 0;
  const watched: Device = {
    ...device,
    pipeline(name, inputs, record) {
      const made = device.pipeline(name, inputs, record);
      const destroy = async (): Promise<void> => {
        freed++;
        await made.destroy();
      };
      return { ...made, destroy };
    },
  };
  /** How many are freed after so many collections, or as soon as one is. */
  const collected = async (collections: number): Promise<number> => {
    for (let i = 0; i < collections && freed === 0; i++) {
      collectGarbage();
      await setTimeout(10);
    }
    return freed;
  };
  const x = tensor([1, 2]);
  const kept = compile(watched, (y: Tensor) => exp(y));
  await kept(x);
  expect(await collected(5)).toBe(0);
  await (async () => {
    await compile(watched, (y: Tensor) => exp(exp(y)))(x);
  })();
  expect(await collected(50)).toBe(1);
  // As many collections as that took, and five more, and the one that is held is there.
  for (let i = 0; i < 5; i++) {
    collectGarbage();
    await setTimeout(10);
  }
  expect(freed).toBe(1);
  expect((await kept(x)).shape).toEqual([2]);
  await device.destroy();
});
