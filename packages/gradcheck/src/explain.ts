// Reports as text that fits on a screen: the ladder, the first failure, who is guilty, how to see it again.
import {
  type Blame,
  type Failure,
  firstOf,
  type Kink,
  type Report,
  type RungName,
  type RungResult,
} from "./report.ts";

export interface ExplainOptions {
  /** ANSI colours; by default where standard output is a terminal and NO_COLOR is not set. */
  readonly color?: boolean;
  /** What to run again, in the place of the report's own call. */
  readonly rerun?: string;
}

/** Node's; in browsers there is none. */
const host: Partial<typeof process> = globalThis.process ?? {};

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

type Row = readonly [label: string, text: string | false | undefined];

/** The report as a few lines of plain text, or coloured ones on a terminal. */
export function explain(report: Report, { color, rerun }: ExplainOptions = {}): string {
  const isColored = color ?? (host.stdout?.isTTY === true && !host.env?.NO_COLOR);
  const tones = { pass: 32, fail: 31, inconclusive: 33, skipped: 90 };
  const paint = (status: RungResult["status"], text: string) =>
    isColored ? `\u001b[${tones[status]}m${text}\u001b[0m` : text;
  const { blame, hints, seed, status } = report;
  const at = blame?.source && `, at ${shortened(blame.source)}`;
  const rows: Row[] = [
    ...report.rungs.map(
      (rung): Row => [rung.rung, paint(rung.status, rung.status.padEnd(13)) + counts(rung)],
    ),
    ...failureRows(report.rungs.flatMap(({ failures }) => failures)),
    ["guilty", blame?.equation],
    ["", blame && rules[blame.rule] + (at ?? "")],
    ["", blame?.detail],
    ...hints.map((hint): Row => ["hint", hint]),
    ["kink", kinkText(report.rungs.flatMap(({ kinks }) => kinks))],
    ["seed", String(seed)],
    ["run again", rerun ?? report.rerun],
  ];
  const fitted = (label: string, text: string) =>
    label === "run again" ? text : text.replace(/\s*\n\s*/g, " ").replace(/^(.{219}).+$/, "$1…");
  const lines = rows.flatMap(([label, text]) =>
    text ? `  ${label.padEnd(15)}${fitted(label, text)}` : [],
  );
  return [`${paint(status, status.toUpperCase())} ${report.name}`, ...lines].join("\n");
}

function counts({ status, checked, inconclusive, failures, kinks, note }: RungResult): string {
  if (status === "skipped") return note ?? "";
  const main =
    failures.length > 0 ? `${failures.length} of ${checked} wrong` : `${checked} checked`;
  const open = inconclusive > 0 ? `, ${inconclusive} open` : "";
  return (
    main + open + (kinks.length > 0 ? `, ${kinks.length} at kinks` : "") + (note ? `; ${note}` : "")
  );
}

function kinkText([kink, ...more]: readonly Kink[]): string | undefined {
  if (!kink) return undefined;
  const [left, right] = [kink.left, kink.right].map((slope) =>
    Number.isNaN(slope) ? "none" : slope.toPrecision(4),
  );
  const at = kink.at ? `, ${shortened(kink.at)}` : "";
  return `${kink.what}: slopes ${left} and ${right}${at}${more.length ? ` (and ${more.length} more)` : ""}`;
}

/** The first failure in full, and where the others are. */
function failureRows(failures: readonly Failure[]): Row[] {
  const first = firstOf(failures);
  if (!first) return [];
  const others = failures.filter((failure) => failure !== first);
  const places = new Map<string, number>();
  for (const { rung, leaf } of others) {
    const place = leaf === undefined ? `of ${rung}` : `in ${leaf} (${rung})`;
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  const listed = [...places].slice(0, 6).map(([place, count]) => `${count} ${place}`);
  const more = places.size > 6 ? `, and in ${places.size - 6} more places` : "";
  const { analytic, expected, estimate, relativeError, ulp } = first;
  const isNumber = Number.isFinite(expected);
  const plusMinus = estimate > 0 ? ` ± ${estimate.toPrecision(2)}` : "";
  return [
    ["first wrong", first.what],
    ["analytic", isNumber && String(analytic)],
    [oracles[first.rung], isNumber && expected + plusMinus],
    ["error", isNumber && `${relativeError.toPrecision(3)} relative, ${ulp.toPrecision(3)} ulp`],
    ["also wrong", listed.join(", ") + more],
  ];
}
