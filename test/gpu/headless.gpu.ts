// The kernels' contract on headlessgl, WebGL 1 in Node, where the package gl is built and an X display
// answers; says why where not.
//
//   npm install --prefix test/gpu --no-save gl@8.1.6 && xvfb-run -a npm run test:gpu
//
// Without normal deviates and signs: they hold too, but Mesa's compiler takes minutes for Threefry.
import Module, { createRequire } from "node:module";
import { DeviceError, openDevice } from "@cotangent/gpu-kernels";
import { expect, it } from "vitest";
import { contract } from "./page.ts";

const drawn = "^(?!normal|rademacher)";

/** Lets gpu.js find the package of this folder: a clone's own is an empty one. Undefined where there is none. */
function gl(): unknown {
  try {
    const found: unknown = createRequire(import.meta.url)("gl");
    const loader = Module as unknown as { _load(name: string, ...rest: unknown[]): unknown };
    const load = loader._load;
    loader._load = function (name, ...rest) {
      return name === "gl" ? found : load.call(this, name, ...rest);
    };
    return found;
  } catch {
    return undefined;
  }
}

const found = gl();
const reason = found === undefined ? "test/gpu has no package gl" : await unavailable();
if (reason !== undefined) console.info(`headlessgl is left out: ${reason}`);

/** Why it does not open; undefined when it does. */
async function unavailable(): Promise<string | undefined> {
  try {
    const device = await openDevice({ mode: "headlessgl" });
    await device.destroy();
  } catch (error) {
    return String(error);
  }
}

it.each([
  [{ batch: 7, inputs: 3, outputs: 17 }, true],
  [{ batch: 256, inputs: 2, outputs: 3 }, false],
  [{ batch: 7, inputs: 300, outputs: 2 }, false],
])("every kernel is its reference on headlessgl at %j", async (sizes, activations) => {
  if (reason !== undefined) return;
  const { backend, failures, checked } = await contract("headlessgl", sizes, activations, drawn);
  expect(backend).toBe("headlessgl");
  expect(failures).toEqual([]);
  expect(checked).toBeGreaterThan(3);
});

it("without it, openDevice says how to get it", async () => {
  if (reason === undefined) return;
  const opened = openDevice({ mode: "headlessgl" });
  await expect(opened).rejects.toThrow(DeviceError);
  await expect(opened).rejects.toThrow(/npm install --prefix test\/gpu --no-save gl.*xvfb-run/s);
});
