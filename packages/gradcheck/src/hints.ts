// What the wrong numbers look like: the usual mistakes have signatures.
import type { Failure } from "./report.ts";
import type { Subject } from "./subject.ts";

const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-4 * Math.abs(b);

/** Sentences on the failures, the surest first; empty when they fit no known mistake. */
export function hintsOf({ inputs, outputs }: Subject, failures: readonly Failure[]): string[] {
  const entries = failures.filter(({ input, expected }) => input !== undefined && expected !== 0);
  const ratios = entries.map(({ analytic, expected }) => analytic / expected);
  // The rows of a list of lists are leaves of one matrix.
  const matrixOf = ({ leaf }: Failure) => leaf!.replace(/(.)\[\d+\]$/, "$1");
  const matrices = new Set(entries.map(matrixOf));
  const [c] = ratios;
  const lengths = [...inputs.leaves, ...outputs.leaves].flatMap(({ shape }) => shape);
  const hints: string[] = [];
  if (c !== undefined && ratios.every((ratio) => ratio === c || isNear(ratio, c)))
    hints.push(ratioHint(c, lengths));
  const transposed = [...matrices].filter((matrix) =>
    isTransposed(entries.filter((entry) => matrixOf(entry) === matrix)),
  );
  for (const leaf of transposed)
    hints.push(`${leaf} is transposed: entry [i, j] has the value expected at [j, i]`);
  if (failures.some(({ what }) => what.includes("broadcast axis")))
    hints.push(
      "an argument was broadcast; its cotangent is the sum over the axes along which it was repeated",
    );
  return hints;
}

function ratioHint(c: number, lengths: readonly number[]): string {
  if (c === 0)
    return "the derivative is zero where it should not be: a dependence is not seen (stopGradient, item(), a constant)";
  if (isNear(c, -1))
    return "the sign is wrong: every failing entry is the negative of what is expected";
  if (isNear(c, 2) || isNear(c, 0.5))
    return `a factor two: every failing entry is ${isNear(c, 2) ? "twice" : "half of"} what is expected`;
  const length = lengths.find((n) => n > 1 && (isNear(c, n) || isNear(c, 1 / n)));
  if (length)
    return `every failing entry is ${c > 1 ? length : `1/${length}`} times what is expected, and ${length} is the length of an axis: a sum in the place of a mean, or the reverse`;
  return `every failing entry is ${Number(c.toPrecision(7))} times what is expected`;
}

/** Whether each failing entry of a matrix has the value that is expected of its mirror image. */
function isTransposed(entries: readonly Failure[]): boolean {
  const expected = new Map(entries.map((entry) => [entry.what, entry.expected]));
  const mirrored = entries.map(({ what }) =>
    expected.get(what.replace(/(\d+)(, |\]\[)(\d+)(\](?: \(\w+\))?)$/, "$3$2$1$4")),
  );
  const isMirror = (value: number | undefined, i: number) =>
    value !== undefined && isNear(entries[i]!.analytic, value);
  return entries.length > 1 && mirrored.every(isMirror);
}
