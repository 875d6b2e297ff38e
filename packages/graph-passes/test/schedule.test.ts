import {
  astype,
  concat,
  cumsum,
  evaluate,
  type Graph,
  grad,
  jvp,
  matmul,
  type Tensor,
  tanh,
  tensor,
  trace,
  vmap,
  zeros,
} from "@cotangent/autodiff";
import { describe, expect, test } from "vitest";
import { caseEntries } from "../../autodiff/test/cases.ts";
import {
  anyPrograms,
  directionsOf,
  functionOf,
  holdsForPrograms,
  inputsOf,
  scalarOf,
} from "../../autodiff/test/support/program.ts";
import { optimise, plan, printProgram, schedule } from "../src/index.ts";
import { runInArena, runProgram } from "../src/reference/index.ts";
import { expectEqual } from "./support/compare.ts";
import { type Flat, transformed } from "./support/transformed.ts";

/** The program of a function gives what the interpreter gives, in memory of its own and in the poisoned arena. */
function holds(f: Flat, x: readonly Tensor[], label: string, simplify: (graph: Graph) => Graph) {
  const graph = trace(f)(...x);
  const want = evaluate(graph, x) as Tensor;
  const program = schedule(simplify(graph));
  try {
    expectEqual(runProgram(program, x)[0], want, label);
    expectEqual(runInArena(program, x, plan(program))[0], want, `${label}, in the arena`);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${printProgram(program)}`, { cause: error });
  }
}
const asItIs = (graph: Graph) => graph;
const single = (x: Tensor) => (x.dtype === "f64" ? astype(x, "f32") : x);

describe("the program of every primitive, and of its derivatives, gives what the interpreter gives", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const given of cases)
      for (const [label, f, x] of transformed(given)) {
        holds(f, x, `${given.name}, ${label}`, optimise);
        holds(f, x, `${given.name}, ${label}, not optimised`, asItIs);
      }
  });
});

describe("so does it in single precision", () => {
  test.each(caseEntries)("%s", (_name, cases) => {
    for (const { name, run, inputs } of cases) holds(run, inputs.map(single), name, optimise);
  });
});

describe("the program of a random program", () => {
  const functions: Record<string, (program: Parameters<typeof functionOf>[0]) => [Flat, Tensor[]]> =
    {
      "gives its value": (program) => [functionOf(program), inputsOf(program)],
      "gives its gradient": (program) => [
        (...x) => grad(scalarOf(program))(...x) as Tensor,
        inputsOf(program),
      ],
      "gives its tangent": (program) => [
        (...x) => jvp(functionOf(program), x, directionsOf(program))[1],
        inputsOf(program),
      ],
      "gives its batch": (program) => [
        (...x) => vmap(functionOf(program))(...x),
        inputsOf(program).map((x) => x.expandDims(0).broadcastTo([3, ...x.shape])),
      ],
    };
  test.each(Object.entries(functions))("%s", (_name, make) => {
    holdsForPrograms(
      anyPrograms,
      (program) => {
        const [f, x] = make(program);
        holds(f, x, "result", program.seed % 4 === 0 ? asItIs : optimise);
      },
      0.2,
    );
  });
});

const inputs = () =>
  [
    tensor([[1, 2]]),
    tensor([
      [1, -2],
      [3, 0],
    ]),
  ] as [Tensor, Tensor];

test("outputs may be inputs, constants, each other, and each other in other shapes", () => {
  const c = tensor([7, 8]);
  const f = (x: Tensor, y: Tensor) => {
    const z = y.neg();
    return [
      x,
      x.reshape([2]),
      z,
      z.reshape([4]),
      z.reshape([1, 4]),
      y,
      z,
      c,
      c.reshape([2, 1]),
      y.permute(),
    ];
  };
  const graph = trace(f)(...inputs());
  const want = evaluate(graph, inputs()) as Tensor[];
  for (const program of [schedule(graph), schedule(optimise(graph))])
    for (const results of [
      runProgram(program, inputs()),
      runInArena(program, inputs(), plan(program)),
    ])
      results.forEach((got, i) => expectEqual(got, want[i]!, `output ${i}`));
});

test("arrays without elements take part", () => {
  const [none, some, rows] = [zeros([0, 3]), zeros([2, 0]), zeros([0, 2])];
  const functions: [string, (...x: Tensor[]) => Tensor, Tensor[]][] = [
    ["a sum over nothing", (x) => x.sum(0).add(1), [none]],
    ["sums of no rows", (x) => x.sum(1).add(1), [none]],
    ["a total of nothing", (x) => x.sum().mul(2), [none]],
    ["a product of depth 0", (x, y) => matmul(x, y).add(1), [some, none]],
    ["a product of no rows", (x, y) => matmul(x, y).add(1), [rows, some]],
    ["concat", (x, y) => concat([x, y]).mul(2), [zeros([0]), zeros([2])]],
    ["concat of nothing", (x, y) => concat([x, y]).mul(2), [zeros([0]), zeros([0])]],
    ["pad", (x) => x.pad([[1, 1]]), [zeros([0])]],
    ["a scan", (x) => cumsum(x, 0), [none]],
    ["a gradient", (x) => grad((u: Tensor) => u.mul(2).sum())(x), [none]],
    ["moves", (x) => x.reshape([3, 0, 2]).permute().add(x.sum()), [rows]],
  ];
  for (const [label, f, x] of functions)
    for (const simplify of [asItIs, optimise]) holds(f, x, label, simplify);
});

test("a chain of thousands of operations is cut into kernels of bounded length", () => {
  const f = (x: Tensor) =>
    Array.from({ length: 1000 }).reduce((y: Tensor) => y.add(tanh(y).mul(0.01)), x);
  const program = schedule(optimise(trace(f)(zeros([8]))));
  expect(program.kernels.length).toBeGreaterThan(5);
  expect(program.kernels.length).toBeLessThan(20);
  for (const kernel of program.kernels)
    expect(kernel.kind === "loop" && kernel.code.steps.length).toBeLessThan(300);
});

test("a constant of a running transformation is refused by name", () => {
  const inner = (y: Tensor) => {
    schedule(trace((x: Tensor) => x.mul(y))(zeros([2])));
    return y;
  };
  expect(() => trace(inner)(zeros([2]))).toThrow(
    /schedule: got a constant f64\[2\] that belongs to a running trace/,
  );
});

describe("outputs of one memory in several shapes", () => {
  const flat = (y: Tensor) => y.reshape([-1]);
  const high = (y: Tensor) => y.reshape([2, 1, 3]);
  const made = (x: Tensor) => tanh(x);
  const given = (x: Tensor) => x;
  const orders: [string, (y: Tensor) => Tensor[]][] = [
    ["reshaped, itself", (y) => [flat(y), y]],
    ["itself, reshaped", (y) => [y, flat(y)]],
    ["reshaped twice, itself, once more", (y) => [flat(y), high(y), y, flat(y)]],
    ["reshaped twice", (y) => [high(y), flat(y)]],
    [
      "a reshape of a reshape before it",
      (y) => {
        const z = high(y);
        return [flat(z), z, y];
      },
    ],
    [
      "a reshape of a reshape, without itself",
      (y) => {
        const z = high(y);
        return [flat(z), z];
      },
    ],
  ];
  test.each(orders)("each have their own: %s", (_, f) => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    for (const source of [made, given]) {
      const graph = trace((y: Tensor) => f(source(y)))(x);
      const want = evaluate(graph, [x]) as Tensor[];
      for (const simplify of [optimise, asItIs]) {
        const program = schedule(simplify(graph));
        const results = [runProgram(program, [x]), runInArena(program, [x], plan(program))];
        for (const got of results) want.forEach((y, i) => expectEqual(got[i], y, `output ${i}`));
      }
    }
  });
});

describe("a chain of thousands of equations is no deeper than the stack", () => {
  const chain = (f: (x: Tensor) => Tensor) => (x: Tensor) =>
    Array.from({ length: 3000 }).reduce<Tensor>((y) => f(y), x);
  const chains: [string, (x: Tensor) => Tensor][] = [
    ["turned round", (x) => x.flip()],
    ["computed and turned round", (x) => x.sin().flip()],
    ["computed", (x) => x.sin()],
  ];
  test.each(chains)("%s", (_, f) => {
    const x = tensor([1, 2, 3]);
    const graph = trace(chain(f))(x);
    const want = evaluate(graph, [x]) as Tensor;
    expectEqual(runProgram(schedule(graph), [x])[0], want, "");
  });
});
