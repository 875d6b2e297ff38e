// A small random network, for claims that hold for every score.
import { random } from "@cotangent/autodiff";
import { type MlpParams, mlp, type TracedScore } from "@cotangent/losses";

export function smallNetwork(d: number, seed: number): { score: TracedScore; params: MlpParams } {
  const model = mlp({ sizes: [d, 16, 16, d] });
  return { score: model.score, params: model.init(random.key(seed)) };
}
