/** The report of a result made from closed forms: what it shows, for any subset of objectives. */
import { expect, test } from "vitest";
import { objectiveNames } from "../src/objectives.ts";
import { reportDocument } from "../src/report/document.ts";
import { explain } from "../src/report/explanations.ts";
import { standaloneFigure } from "../src/report/figure.ts";
import { percent, significant } from "../src/report/numbers.ts";
import { syntheticResult } from "./synthetic.ts";

const subsets = [[...objectiveNames], ["implicit"], ["sliced", "finite-difference"]];

test.each(subsets.map((names) => [names.join(" and "), names] as const))(
  "a report of %s shows these objectives and no others",
  (_, names) => {
    const html = reportDocument(syntheticResult(names));
    for (const name of objectiveNames) {
      const card = html.includes(`>${explain(name).title}<`);
      expect(card, name).toBe(names.includes(name));
    }
    for (const { fisher, relative } of syntheticResult(names).runs) {
      expect(html).toContain(significant(fisher.value));
      expect(html).toContain(percent(relative));
    }
  },
);

test("every SVG element that a report opens it closes", () => {
  const html = reportDocument(syntheticResult());
  const opened = html.match(/<svg\b/g)?.length;
  expect(opened).toBeGreaterThan(0);
  expect(html.match(/<\/svg>/g)?.length).toBe(opened);
  expect(html).toMatch(/<\/html>\s*$/);
});

test("text from the command line is escaped", () => {
  const command = 'cotangent compare --out "<script>alert(1)</script>.html"';
  const html = reportDocument({ ...syntheticResult(["sliced"]), command });
  expect(html).not.toContain("<script>alert(1)");
  expect(html).toContain("&lt;script&gt;alert(1)");
});

test("the same result gives the same report and the same figure", () => {
  const result = syntheticResult(["denoising"]);
  expect(reportDocument(result)).toBe(reportDocument(result));
  expect(standaloneFigure(result)).toBe(standaloneFigure(result));
});

test("the figure has resolved colours, since it stands without the report's style sheet", () => {
  expect(standaloneFigure(syntheticResult())).not.toMatch(/var\(--/);
});

test("a diverged objective is drawn without NaN in any coordinate", () => {
  const result = syntheticResult(["implicit", "denoising"]);
  const runs = result.runs.map((run, index) =>
    index > 0
      ? run
      : {
          ...run,
          fisher: { value: Number.NaN, standardError: Number.NaN },
          relative: Number.NaN,
          curve: run.curve.map((point) => ({ ...point, loss: Number.NaN, fisher: Number.NaN })),
          field: run.field.map(() => [Number.NaN, Number.NaN] as const),
          samples: run.samples.map(() => [Number.NaN, Number.NaN] as const),
        },
  );
  const html = reportDocument({ ...result, runs });
  for (const drawing of html.match(/<svg\b.*?<\/svg>/gs) ?? []) {
    expect(drawing).not.toMatch(/="[^"]*\b(NaN|Infinity|undefined)\b/);
  }
});
