// The Jacobian in BigNumbers, by differences.
import type { Graph } from "@cotangent/autodiff";
import type { Big } from "../../src/oracles/big.ts";
import { bigJvp } from "../../src/oracles/differences.ts";

/** One row an output, one column an input. */
export function bigJacobian(graph: Graph, point: readonly number[]): Big[][] {
  const basis = (i: number) => point.map((_, c) => Number(c === i));
  const columns = point.map((_, i) => bigJvp(graph, point, basis(i)));
  return columns[0]!.map((_, r) => columns.map((column) => column[r]!));
}
