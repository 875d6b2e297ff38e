// A step of score matching as a program.
import { random, type Tensor, type Tree, trace, tree, valueAndGrad } from "@cotangent/autodiff";
import { mlp, type Objective } from "@cotangent/losses";
import { optimise, schedule } from "../../src/index.ts";

/** One step, value and gradients, and its flat arguments. */
export function stepOf(objective: (network: ReturnType<typeof mlp>) => Objective, batch: number) {
  const network = mlp({ sizes: [2, 6, 6, 2] });
  const params = network.init(random.key(0)) as unknown as Tree;
  const own = objective(network);
  const x = random.normal(random.key(1), [batch, 2]);
  const draws = own.draw(random.key(2), x) as unknown as Tree;
  const f = (p: Tree, z: Tensor, u: Tree): Tree =>
    valueAndGrad((q: Tree) => own.perSample(q as never, z, u as never).mean())(
      p,
    ) as unknown as Tree;
  const args = [params, x, draws] as const;
  const program = schedule(optimise(trace(f as (...all: Tree[]) => Tree)(...args)));
  return { program, inputs: tree.leaves(args as unknown as Tree) };
}
