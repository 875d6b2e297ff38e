// A case of a primitive, and what transformations make of it: the functions on which every law is tried.
import { grad, jvp, mul, sum, type Tensor, vmap } from "@cotangent/autodiff";
import { type Case, differentiable } from "../../../autodiff/test/support/case.ts";
import { signed } from "../../../autodiff/test/support/sample.ts";

export type Flat = (...x: Tensor[]) => Tensor;

export function transformed(given: Case): [string, Flat, readonly Tensor[]][] {
  const { run, inputs } = given;
  const batched = inputs.map((x) => x.expandDims(0).broadcastTo([2, ...x.shape]));
  const plain: [string, Flat, readonly Tensor[]][] = [
    ["f", run, inputs],
    ["vmap", (...x) => vmap(run)(...x), batched],
  ];
  const part = differentiable(given);
  if (part === null) return plain;
  const { f, x } = part;
  const v = x.map((xi, i) => signed(xi, i + 3));
  const w = signed(f(...x), 9);
  const gradient: Flat = (...at) => grad((...u: Tensor[]) => sum(mul(w, f(...u))))(...at) as Tensor;
  return [
    ...plain,
    ["jvp", (...at) => jvp(f, at, v)[1], x],
    ["grad", gradient, x],
    ["jvp of grad", (...at) => jvp(gradient, at, v)[1], x],
    ["vmap of grad", (...at) => vmap(gradient)(...at), x.map((xi) => xi.expandDims(0))],
  ];
}
