import {
  argmax,
  logsumexp,
  max,
  mean,
  min,
  softmax,
  sum,
  variance,
  zeros,
} from "@cotangent/autodiff";
import { type Misuse, misuse, testMisuses } from "../support/misuse.ts";

const axes: readonly Misuse[] = [
  misuse(
    "an axis too far",
    () => sum(zeros([2]), 1),
    "sum",
    /axis 1 does not exist/,
    /expected a whole number from -1 to 0/,
  ),
  misuse("a negative axis too far", () => max(zeros([2, 2]), -3), "max", /axis -3/, /from -2 to 1/),
  misuse(
    "half an axis",
    () => mean(zeros([2, 2]), 0.5),
    "mean",
    /axis 0\.5/,
    /expected a whole number/,
  ),
  misuse("an axis of a scalar", () => sum(3, 0), "sum", /axis 0/, /expected no axis for a scalar/),
  misuse(
    "one axis under two names",
    () => sum(zeros([2, 2]), [1, -1]),
    "sum",
    /\[1, 1\].*twice/,
    /name each once/,
  ),
  misuse(
    "an axis that softmax lacks",
    () => softmax(zeros([2]), 1),
    "softmax",
    /axis 1/,
    /expected/,
  ),
];

const empty: readonly Misuse[] = [
  misuse(
    "the mean of nothing",
    () => mean(zeros([0])),
    "mean",
    /f64\[0\]/,
    /expected at least one/,
    /undefined/,
  ),
  misuse(
    "the maximum of nothing",
    () => max(zeros([2, 0]), 1),
    "max",
    /f64\[2,0\].*axes \[1\]/,
    /expected at least one/,
    /undefined/,
  ),
  misuse(
    "the minimum of nothing",
    () => min(zeros([0])),
    "min",
    /f64\[0\]/,
    /expected at least one/,
  ),
  misuse(
    "the place of the maximum of nothing",
    () => argmax(zeros([0])),
    "argmax",
    /f64\[0\]/,
    /expected at least one/,
  ),
  misuse(
    "the variance of nothing",
    () => variance(zeros([0])),
    "variance",
    /f64\[0\]/,
    /expected at least one/,
  ),
  misuse(
    "the unbiased variance of one",
    () => variance(zeros([1]), 0, { correction: 1 }),
    "variance",
    /f64\[1\]/,
    /expected at least 2/,
  ),
  misuse(
    "logsumexp of nothing",
    () => logsumexp(zeros([0])),
    "logsumexp",
    /f64\[0\]/,
    /expected at least one/,
  ),
  misuse(
    "softmax of nothing",
    () => softmax(zeros([3, 0])),
    "softmax",
    /f64\[3,0\]/,
    /expected at least one/,
  ),
];

testMisuses("axes", axes);
testMisuses("empty inputs", empty);
