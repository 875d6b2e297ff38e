// Random programs, compiled for a device, against the interpreter: forward, forward mode and reverse mode.
import { jvp, print, type Tensor, trace, vjp } from "@cotangent/autodiff";
import fc from "fast-check";
import { afterAll, test } from "vitest";
import {
  anyPrograms,
  directionsOf,
  functionOf,
  inputsOf,
  type Program,
} from "../../../autodiff/test/support/program.ts";
import { signed } from "../../../autodiff/test/support/sample.ts";
import { openBackends } from "../support/backends.ts";
import { expectAgrees, type F } from "./agree.ts";

const tested = await openBackends();
afterAll(async () => {
  for (const { device } of tested) await device.destroy();
});

const isFull = process.env.COTANGENT_FULL === "1";
const seed = Number(process.env.COTANGENT_SEED ?? (isFull ? Date.now() % 2 ** 31 : 20261122));
const counts = { cpu: 300, webasm: 30, webgpu: 20, webgl2: 0, headlessgl: 0 };
const times = isFull ? 10 : 1;

function formOf(program: Program): [F, Tensor[]] {
  const f = functionOf(program);
  const x = inputsOf(program);
  const n = x.length;
  if (program.seed % 4 === 0)
    return [
      (...both: Tensor[]) => jvp(f, both.slice(0, n), both.slice(n)),
      [...x, ...directionsOf(program)],
    ];
  if (program.seed % 4 === 1)
    return [
      (yBar: Tensor, ...primals: Tensor[]) => vjp(f, primals)[1](yBar),
      [signed(f(...x), 7), ...x],
    ];
  return [f as F, x];
}

test.each(tested.map((backend) => [times * counts[backend.name], backend.name, backend] as const))(
  "%i random programs give the interpreter's numbers on %s",
  async (count, _name, backend) => {
    const law = async (program: Program) => {
      const [f, args] = formOf(program);
      try {
        await expectAgrees(backend, f, args);
      } catch (error) {
        const graph = print(trace(functionOf(program))(...inputsOf(program)));
        throw new Error(`${(error as Error).message}\n${graph}`, { cause: error });
      }
    };
    await fc.assert(fc.asyncProperty(anyPrograms, law), { numRuns: count, seed });
  },
);
