// The linear score s(x) = b − Ax, whose objectives have closed forms.
import { matmul, permute, sub, type Tensor, tensor } from "@cotangent/autodiff";
import type { Score } from "@cotangent/losses";

export type LinearParams = { readonly A: Tensor; readonly b: Tensor };

export const linearScore: Score<LinearParams> = ({ A, b }, x) => sub(b, matmul(x, permute(A)));

export const linearParams = (
  A: readonly (readonly number[])[],
  b: readonly number[],
): LinearParams => ({ A: tensor(A), b: tensor(b) });

/** s(x) = −x, the score of a standard normal, with no parameters to speak of. */
export const standardNormalScore: Score = (_, x) => x.neg();

/** The d × d identity as rows of numbers. */
export const eye = (d: number): number[][] =>
  Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => Number(i === j)));
