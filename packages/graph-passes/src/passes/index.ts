// The passes, in order: each maps a graph to a graph of the same meaning.
//
//   optimise(graph) = (passₙ ∘ … ∘ pass₁)(graph)
import { eliminateCommonSubexpressions, eliminateDeadCode, type Graph } from "@cotangent/autodiff";
import { algebra } from "./algebra.ts";
import { foldConstants } from "./fold-constants.ts";
import { inlineCalls, insideCalls } from "./inline-calls.ts";
import { layout } from "./layout.ts";
import { mergeConstants } from "./merge-constants.ts";
import { reassociate } from "./reassociate.ts";
import { transposedProducts } from "./transposed-products.ts";

export interface Pass {
  readonly name: string;
  /** Whether results are the same to the bit. */
  readonly isExact: boolean;
  readonly run: (graph: Graph) => Graph;
}

const exact = (name: string, run: Pass["run"]): Pass => ({ name, isExact: true, run });

/** What one of them finds lets the others find more, so they go twice. */
const simplifications: readonly Pass[] = [
  exact("layout", layout),
  exact("algebra", algebra),
  { name: "reassociate", isExact: false, run: reassociate },
  exact("common subexpressions", eliminateCommonSubexpressions),
  exact("dead code", eliminateDeadCode),
];

export const passes: readonly Pass[] = [
  exact("inline calls", inlineCalls),
  exact("dead code", eliminateDeadCode),
  exact("constants", foldConstants),
  exact("equal constants", mergeConstants),
  ...simplifications,
  exact("transposed products", transposedProducts),
  ...simplifications,
  { name: "inside calls", isExact: false, run: (graph) => insideCalls(graph, optimise) },
];

/** The graph after all passes: what `schedule` is best given. */
export const optimise = (graph: Graph): Graph =>
  passes.reduce((before, { run }) => run(before), graph);
