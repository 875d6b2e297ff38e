// A pass, before and after: what a reader compares.
import { type Graph, print } from "@cotangent/autodiff";

export const beforeAndAfter = (graph: Graph, pass: (graph: Graph) => Graph): string =>
  `${print(graph)}\n→\n${print(pass(graph))}`;
