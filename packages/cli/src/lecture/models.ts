/**
 * The models that claims are measured on: the linear score, whose objectives have closed forms, and a
 * small random network, for what holds for every score.
 */

import { random, type Tensor } from "@cotangent/autodiff";
import { type MlpParams, mlp, type Score, type TracedScore } from "@cotangent/losses";

/** A and b of s(x) = b − Ax. */
export type Linear = { readonly A: Tensor; readonly b: Tensor };

/** s(x) = b − Ax, x: [B, d]. */
export const linearScore: Score<Linear> = ({ A, b }, x) => b.sub(x.matmul(A.permute()));

/** The weights alone: s(x) = −Ax. */
export const linearWithoutBias: Score<Tensor> = (A, x) => x.matmul(A.permute()).neg();

/** The score of a standard normal, s(x) = −x. */
export const standardNormal: Score = (_, x) => x.neg();

/** A random tanh network d–16–16–d. */
export function smallNetwork(
  d: number,
  key: Tensor,
): { readonly score: TracedScore; readonly params: MlpParams } {
  const { score, init } = mlp({ sizes: [d, 16, 16, d] });
  return { score, params: init(random.foldIn(key, d)) };
}

/** A random matrix near the identity [d, d] and offset [d]. */
export function randomLinear(d: number, key: Tensor): Linear {
  const A = random.normal(random.foldIn(key, 0), [d, d]).mul(0.4);
  return { A, b: random.normal(random.foldIn(key, 1), [d]).mul(0.5) };
}
