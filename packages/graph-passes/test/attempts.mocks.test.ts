// How often a program is scheduled again because a layout cannot be read by strides.
import { arange, evaluate, sin, type Tensor, trace } from "@cotangent/autodiff";
import { beforeEach, expect, test, vi } from "vitest";
import { type Program, schedule } from "../src/index.ts";
import { runProgram } from "../src/reference/index.ts";
import { place } from "../src/schedule/placement.ts";
import { expectEqual } from "./support/compare.ts";

vi.mock("../src/schedule/placement.ts", async (original) => {
  const module = await original<typeof import("../src/schedule/placement.ts")>();
  return { ...module, place: vi.fn(module.place) };
});
beforeEach(() => {
  vi.mocked(place).mockClear();
});

const x = arange(24).reshape([4, 6]);

/** The program of a function, checked against the interpreter. */
function programOf(f: (x: Tensor) => Tensor | Tensor[]): Program {
  const graph = trace(f)(x);
  const program = schedule(graph);
  const want = [evaluate(graph, [x])].flat() as Tensor[];
  runProgram(program, [x]).forEach((got, i) => {
    expectEqual(got, want[i]!, `output ${i}`);
  });
  return program;
}

/** No strides read a permuted array that was reshaped: every second view needs memory. */
const shuffled = (y: Tensor, count: number, each: (y: Tensor) => Tensor = (z) => z): Tensor => {
  for (let i = 0; i < count; i++)
    y = each(i % 2 ? y.permute() : y.reshape(i % 4 ? [6, 4] : [3, 8]));
  return y;
};

test.each([10, 100, 1000])(
  "a chain of %i views that block each other takes two attempts",
  (count) => {
    const { kernels } = programOf((y) => shuffled(y, count));
    expect(place).toHaveBeenCalledTimes(2);
    expect(kernels).toHaveLength(count / 2);
  },
);

test("with operations between them too", () => {
  programOf((y) => shuffled(y, 100, sin));
  expect(place).toHaveBeenCalledTimes(2);
});

test("chains beside each other are cut together, not one after the other", () => {
  programOf((y) => Array.from({ length: 20 }, (_, i) => shuffled(y.mul(i + 2), 10).cumsum(0)));
  expect(vi.mocked(place).mock.calls.length).toBeLessThan(10);
});
