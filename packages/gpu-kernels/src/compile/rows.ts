// The rows that gather and scatterAdd name by index, read from an equation.
//
//   x: [members·length, …size]      index: members·each numbers, those of member m within its own rows
import type { Equation } from "@cotangent/autodiff";
import { sizeOf } from "../errors.ts";

export interface Rows {
  readonly members: number;
  /** Rows of each member. */
  readonly length: number;
  /** Indices of each member. */
  readonly each: number;
  /** Elements of a row. */
  readonly size: number;
}

export function rowsOf({ params, inputs, outputs }: Equation): Rows {
  const { members, length } = params as { members: number; length?: number };
  const [x, index] = inputs;
  const many = (length === undefined ? x : outputs[0])?.shape ?? [];
  return {
    members,
    length: length ?? (many[0] ?? 0) / members,
    each: sizeOf(index?.shape ?? []) / members,
    size: sizeOf(many.slice(1)),
  };
}
