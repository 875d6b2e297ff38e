// Reports as text that fits on a screen: the ladder, the first failure, who is guilty, how to see it again.
import type { Blame, Failure, Report, RungName, RungResult } from "./report.ts";

export interface ExplainOptions {
  /** ANSI colours; by default where standard output is a terminal and NO_COLOR is not set. */
  readonly color?: boolean;
  /** What to run again, in the place of the report's own call. */
  readonly rerun?: string;
}

interface Process {
  readonly stdout?: { readonly isTTY?: boolean };
  readonly env?: { readonly NO_COLOR?: string };
  cwd?(): string;
}
const host: Process = (globalThis as { readonly process?: Process }).process ?? {};

/** What each oracle calls its answer. */
const oracles: { readonly [name in RungName]: string } = {
  structure: "expected",
  determinism: "second run",
  "dot product": "⟨J v, u⟩",
  numeric: "differences",
  symbolic: "exact",
  taylor: "right slope",
  nesting: "other nesting",
  f32: "in f64",
};

const rules: { readonly [rule in Blame["rule"]]: string } = {
  jvp: "its jvp rule",
  transpose: "its transpose rule",
  batch: "its batch rule",
  accumulation: "the addition of cotangents",
  escape: "a value that JavaScript reads",
};

/** A source line without the part of its path that the reader knows. */
const shortened = (source: string): string =>
  source.replace("file://", "").replace(`${host.cwd?.() ?? ""}/`, "");

/** The report as a few lines of plain text, or coloured ones on a terminal. */
export function explain(report: Report, { color, rerun }: ExplainOptions = {}): string {
  const isColored = color ?? (host.stdout?.isTTY === true && !host.env?.NO_COLOR);
  const paint = (code: number, text: string) =>
    isColored ? `\u001b[${code}m${text}\u001b[0m` : text;
  const tones = { pass: 32, fail: 31, inconclusive: 33, skipped: 90 };
  const row = (label: string, text: string) => `  ${label.padEnd(15)}${text}`;
  const rungs = report.rungs.map((result) =>
    row(result.rung, `${paint(tones[result.status], result.status.padEnd(13))}${counts(result)}`),
  );
  const failures = report.rungs.flatMap((result) => result.failures);
  const kinks = report.rungs.flatMap((result) => result.kinks);
  const [kink] = kinks;
  const { blame, hints, seed, status } = report;
  return [
    `${paint(tones[status], status.toUpperCase())} ${report.name}`,
    ...rungs,
    ...failureLines(failures, row),
    ...(blame
      ? [
          row("guilty", `${blame.equation}`),
          row("", rules[blame.rule] + (blame.source ? `, at ${shortened(blame.source)}` : "")),
          row("", blame.detail),
        ]
      : []),
    ...hints.map((hint) => row("hint", hint)),
    ...(kink
      ? [
          row(
            "kink",
            `${kink.what}: slopes ${kink.left.toPrecision(4)} and ${kink.right.toPrecision(4)}${kink.at ? `, ${shortened(kink.at)}` : ""}${kinks.length > 1 ? ` (and ${kinks.length - 1} more)` : ""}`,
          ),
        ]
      : []),
    row("seed", String(seed)),
    row("run again", rerun ?? report.rerun),
  ].join("\n");
}

function counts({ status, checked, inconclusive, failures, kinks, note }: RungResult): string {
  if (status === "skipped") return note ?? "";
  const parts = [
    failures.length > 0 ? `${failures.length} of ${checked} wrong` : `${checked} checked`,
    ...(inconclusive > 0 ? [`${inconclusive} open`] : []),
    ...(kinks.length > 0 ? [`${kinks.length} at kinks`] : []),
  ];
  return parts.join(", ") + (note ? `; ${note}` : "");
}

/** The first failure in full, and where the others are. */
function failureLines(
  failures: readonly Failure[],
  row: (label: string, text: string) => string,
): string[] {
  const [first] = failures;
  if (!first) return [];
  const places = new Map<string, number>();
  for (const { rung, leaf } of failures.slice(1)) {
    const place = leaf === undefined ? `of ${rung}` : `in ${leaf} (${rung})`;
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  const listed = [...places].slice(0, 6).map(([place, count]) => `${count} ${place}`);
  const more = places.size > 6 ? `, and in ${places.size - 6} more places` : "";
  const isNumber = Number.isFinite(first.expected);
  const error = `${first.relativeError.toPrecision(3)} relative, ${first.ulp.toPrecision(3)} ulp`;
  return [
    row("first wrong", first.what),
    ...(isNumber
      ? [
          row("analytic", String(first.analytic)),
          row(
            oracles[first.rung],
            `${first.expected}${first.estimate > 0 ? ` ± ${first.estimate.toPrecision(2)}` : ""}`,
          ),
          row("error", error),
        ]
      : []),
    ...(listed.length > 0 ? [row("also wrong", listed.join(", ") + more)] : []),
  ];
}
