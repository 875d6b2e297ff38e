// A case of a primitive and what the transformations make of it, with arguments.
import { jvp, stack, type Tensor, vjp, vmap } from "@cotangent/autodiff";
import { type Case, differentiable } from "../../../autodiff/test/support/case.ts";
import { rolled, signed } from "../../../autodiff/test/support/sample.ts";
import type { F } from "./judge.ts";

export interface Form {
  readonly name: string;
  readonly f: F;
  readonly args: readonly Tensor[];
}

export function formsOf({ name, run, inputs, ...rest }: Case): Form[] {
  const forms: Form[] = [
    { name: `${name}, forward`, f: run, args: inputs },
    {
      name: `${name}, vmap`,
      f: vmap(run) as F,
      args: inputs.map((x) => stack([x, rolled(x, 1)])),
    },
  ];
  const differentiated = differentiable({ name, run, inputs, ...rest });
  if (!differentiated) return forms;
  const { f, x } = differentiated;
  const n = x.length;
  const directions = x.map((xi, i) => signed(xi, i));
  const forward = (...both: Tensor[]) => jvp(f, both.slice(0, n), both.slice(n));
  const reverse = (yBar: Tensor, ...primals: Tensor[]) => vjp(f, primals)[1](yBar);
  return [
    ...forms,
    { name: `${name}, jvp`, f: forward as F, args: [...x, ...directions] },
    { name: `${name}, vjp`, f: reverse as F, args: [signed(f(...x), 7), ...x] },
  ];
}
