// What the wrong numbers look like: the usual mistakes have signatures.
import type { Failure } from "./report.ts";
import type { Subject } from "./subject.ts";

const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-4 * Math.abs(b);

/** Sentences on the failures, the surest first; empty when they fit no known mistake. */
export function hintsOf({ inputs, outputs }: Subject, failures: readonly Failure[]): string[] {
  const entries = failures.filter(({ input, expected }) => input !== undefined && expected !== 0);
  const ratios = entries.map(({ analytic, expected }) => analytic / expected);
  const [c] = ratios;
  const hints: string[] = [];
  if (c !== undefined && ratios.every((ratio) => ratio === c || isNear(ratio, c)))
    hints.push(
      ratioHint(
        c,
        [...inputs.leaves, ...outputs.leaves].flatMap(({ shape }) => shape),
      ),
    );
  for (const leaf of inputs.leaves)
    if (isTransposed(leaf, entries))
      hints.push(`${leaf.path} is transposed: entry [i, j] has the value expected at [j, i]`);
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

/** Whether the failing entries of a square matrix are each other's expected values, mirrored. */
function isTransposed(
  { shape, offset }: Subject["inputs"]["leaves"][number],
  entries: readonly Failure[],
): boolean {
  const [n = 0, columns] = shape;
  if (shape.length !== 2 || n !== columns) return false;
  const own = entries.filter(({ input }) => input! >= offset && input! < offset + n * n);
  return (
    own.length > 1 &&
    own.every(({ input, analytic, output, what }) => {
      const k = input! - offset;
      const mirror = offset + (k % n) * n + Math.floor(k / n);
      const mode = what.slice(-5);
      const other = own.find(
        (e) => e.input === mirror && e.output === output && e.what.endsWith(mode),
      );
      return other !== undefined && isNear(analytic, other.expected);
    })
  );
}
