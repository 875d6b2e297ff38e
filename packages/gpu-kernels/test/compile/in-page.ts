// What the pages of test/gpu run of these tests: one case of every primitive, and programs of many kernels.
import {
  argmax,
  cumsum,
  gather,
  grad,
  matmul,
  max,
  random,
  softmax,
  sort,
  sum,
  type Tensor,
  type Tree,
  tensor,
  valueAndGrad,
} from "@cotangent/autodiff";
import { denoising, gaussian, mlp, sliced } from "@cotangent/losses";
import { caseEntries } from "../../../autodiff/test/cases.ts";
import { sample } from "../../../autodiff/test/support/sample.ts";
import { type DeviceMode, openDevice } from "../../src/index.ts";
import { type Form, formsOf } from "./forms.ts";
import { disagreement, type F } from "./judge.ts";

function programs(): Form[] {
  const model = mlp({ sizes: [2, 5, 2], activation: "tanh" });
  const params = model.init(random.key(0), { dtype: "f32" }) as unknown as Tree;
  const step =
    (objective: { mean(params: never, x: Tensor, key: Tensor): Tensor }) =>
    (q: Tree, x: Tensor, key: Tensor) =>
      valueAndGrad((p: Tree) => objective.mean(p as never, x, key))(q);
  const of = (name: string, f: unknown, ...args: Tree[]): Form => ({
    name,
    f: f as F,
    args: args as Tensor[],
  });
  const [x, w] = [sample([7, 4], 1), sample([4, 3], 2)];
  const long = tensor(Float32Array.from({ length: 3001 }, (_, i) => Math.sin(i)));
  return [
    of(
      "a denoising step",
      step(denoising(model.score, { noise: gaussian(0.5) })),
      params,
      sample([6, 2], 3),
      random.key(1),
    ),
    of("a sliced step", step(sliced(model.score)), params, sample([6, 2], 4), random.key(2)),
    of("folds in stages", (a: Tensor) => [sum(a), max(a), argmax(a), cumsum(a)], long),
    of("products with epilogues", (a: Tensor, b: Tensor) => softmax(matmul(a, b).tanh(), 0), x, w),
    of(
      "a sort and its gradient",
      grad((a: Tensor) => sum(sort(a, 0).mul(a))),
      x,
    ),
    of("rows by index", (a: Tensor) => gather(a, argmax(a, 0)), x),
  ];
}

/** Everything within 1e-5 of the terms, on the backend that was asked for. */
export async function compiled(mode: DeviceMode): Promise<{
  readonly backend: string;
  readonly checked: number;
  readonly failures: readonly string[];
}> {
  const device = await openDevice({ mode });
  const failures: string[] = [];
  const first = caseEntries.map(([name, cases]) => {
    const [form] = formsOf(cases[0]!);
    return { ...form!, name: `${name}: ${form!.name}` };
  });
  const forms = [...first, ...programs()];
  for (const { name, f, args } of forms)
    try {
      const wrong = await disagreement(device, 1e-5, f, args);
      if (wrong !== null) failures.push(`${name}: ${wrong}`);
    } catch (error) {
      failures.push(`${name}: ${error}`);
    }
  const { backend } = device;
  await device.destroy();
  return { backend, checked: forms.length, failures };
}
