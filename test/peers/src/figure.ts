// The figure: a panel for each size, a bar for each implementation and objective, on a logarithmic axis.
//
// Observable Plot draws it; linkedom is the document it draws into. Both are the repository's own.
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { ImplementationId } from "./implementations.ts";
import { find, tasksIn } from "./lookup.ts";
import type { Results } from "./results.ts";
import { spread } from "./statistics.ts";
import { objectiveLabel, type StepTask } from "./tasks.ts";

/** The colours of Okabe and Ito, which people who see fewer colours tell apart too. */
const colours: readonly (readonly [ImplementationId, string])[] = [
  ["compiled", "#0072b2"],
  ["compiled, 2 threads", "#56b4e9"],
  ["PyTorch", "#009e73"],
  ["jax-js", "#e69f00"],
  ["tfjs wasm", "#cc79a7"],
  ["interpreter", "#999999"],
];

interface Bar {
  readonly size: string;
  readonly objective: string;
  readonly id: ImplementationId;
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** One projection of sliced, and the exact trace by the contraction: the tables have the others. */
const isDrawn = ({ objective, projections }: StepTask): boolean =>
  objective !== "implicit by d JVPs" && projections === 1;

/** SVG text of the steps on one Node; undefined when no step was measured there. */
export function stepsFigure(results: Results, node: number): string | undefined {
  const bars = tasksIn(results, "steps").flatMap((task) =>
    colours.flatMap(([id]): Bar[] => {
      const found = find(results, "steps", task, { id, node });
      if (!found || task.kind !== "step" || !isDrawn(task)) return [];
      const size = `[${task.sizes.join(", ")}]`;
      return [{ size, objective: objectiveLabel(task), id, ...spread(found.samples) }];
    }),
  );
  if (bars.length === 0) return undefined;
  const ticks = decades(bars);
  const position = { x: "median", fy: "row", y: "id" } as const;
  const data = bars.map((bar) => ({ ...bar, row: `${bar.size} ${bar.objective}` }));
  const rows = [...new Set(data.map(({ row }) => row))];
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const element = Plot.plot({
    document: document as unknown as Document,
    width: 900,
    height: 70 + rows.length * 66,
    marginLeft: 210,
    marginRight: 130,
    style: { background: "white", color: "black" },
    x: { type: "log", label: `ms a step, Node ${node}`, grid: true, ticks, tickFormat: String },
    y: { axis: null, domain: colours.map(([id]) => id) },
    fy: { label: null, domain: rows },
    color: {
      domain: colours.map(([id]) => id),
      range: colours.map(([, colour]) => colour),
    },
    marks: [
      Plot.barX(data, { ...position, x1: ticks[0] ?? 1, x2: "median", fill: "id" }),
      Plot.ruleY(data, { y: "id", fy: "row", x1: "lower", x2: "upper", stroke: "black" }),
      Plot.text(data, {
        ...position,
        x: (bar: Bar) => Math.max(bar.median, bar.upper),
        text: (bar: Bar) => `${bar.id} ${bar.median.toPrecision(3)}`,
        textAnchor: "start",
        dx: 6,
        fontSize: 8,
      }),
    ],
  });
  element.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", "Milliseconds of a training step, by size and implementation");
  return `${element.outerHTML}\n`;
}

/** Powers of ten around all values. */
function decades(bars: readonly Bar[]): number[] {
  const smallest = Math.min(...bars.map(({ lower }) => lower));
  const largest = Math.max(...bars.map(({ upper }) => upper));
  const [from, to] = [smallest, largest].map(Math.log10);
  const [first, last] = [Math.floor(from ?? 0), Math.ceil(to ?? 0)];
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}
