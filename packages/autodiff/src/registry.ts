// All primitives by name, for reading graphs from JSON and for checking every rule there is.
import { callPrimitive } from "./call.ts";
import type { Graph } from "./graph.ts";
import { decodeGraph, type GraphJson } from "./json.ts";
import type { Primitive } from "./primitive.ts";
import * as arithmetic from "./primitives/arithmetic.ts";
import * as broadcast from "./primitives/broadcast.ts";
import * as cast from "./primitives/cast.ts";
import * as comparison from "./primitives/comparison.ts";
import * as elementwise from "./primitives/elementwise.ts";
import * as gather from "./primitives/gather.ts";
import * as matmul from "./primitives/matmul.ts";
import * as reduction from "./primitives/reduction.ts";
import * as shape from "./primitives/shape.ts";
import * as slice from "./primitives/slice.ts";
import * as stop from "./primitives/stop-gradient.ts";
import * as threefry from "./primitives/threefry.ts";

const families = [arithmetic, broadcast, cast, comparison, elementwise, gather, matmul];
const all = [...families, reduction, shape, slice, stop, threefry].flatMap(
  Object.values,
) as object[];
const primitives = all.flatMap((value) =>
  "primitive" in value ? [value.primitive as Primitive] : [],
);

/** Every primitive of the engine. */
export const registry: ReadonlyMap<string, Primitive> = new Map(
  [...primitives, callPrimitive].map((primitive) => [primitive.name, primitive]),
);

/** The graph that `toJSON` wrote; primitives of your own are given as the second argument. */
export function fromJSON(json: GraphJson, own: readonly Primitive[] = []): Graph {
  const named = own.map((primitive) => [primitive.name, primitive] as const);
  return decodeGraph(json, new Map([...registry, ...named]));
}
