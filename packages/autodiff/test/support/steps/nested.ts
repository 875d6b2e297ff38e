// Steps that differentiate, map and recompute inside the program.
import {
  add,
  checkpoint,
  cos,
  customJvp,
  customVjp,
  exp,
  grad,
  jvp,
  mean,
  mul,
  neg,
  sin,
  square,
  sum,
  type Tensor,
  tanh,
  vjp,
  vmap,
} from "@cotangent/autodiff";
import { along, half, one, type Step, two } from "./step.ts";

const wave = customJvp(
  (x: Tensor) => sin(x),
  ([x], [xDot]) => [sin(x), mul(cos(x), xDot)],
);
const bell = customVjp(
  (x: Tensor) => exp(neg(square(x))),
  (x: Tensor) => [exp(neg(square(x))), x],
  (x, yBar) => [mul(yBar, mul(mul(-2, x), exp(neg(square(x)))))],
);
const remembered = checkpoint((x: Tensor, y: Tensor) => mul(tanh(add(x, y)), cos(y)));
const well = (x: Tensor) => sum(mul(sin(x), tanh(x)));

export const nestedSteps: readonly Step[] = [
  one("customJvp", (x) => wave(x)),
  one("customVjp", (x) => bell(x)),
  two("checkpoint", (x, y) => remembered(x, y)),
  one("grad", (x) => half(grad(well)(x))),
  two("jvp", (x, y) => half(jvp((u: Tensor) => mul(tanh(u), y), [x], [x])[1])),
  one("vjp", (x) => half(vjp((u: Tensor) => mul(sin(u), u), [x])[1](x)[0])),
  along("vmap", (x, axis) => vmap((u: Tensor) => mul(tanh(u), mean(u)), axis, axis)(x)),
];
