// All primitives by name, for reading graphs from JSON and for checking every rule there is.
import { callPrimitive } from "./call.ts";
import type { Graph } from "./graph.ts";
import { decodeGraph, type GraphJson } from "./json.ts";
import type { Primitive } from "./primitive.ts";
import { add, div, mul, neg, sub } from "./primitives/arithmetic.ts";
import { broadcast, reshapeTo, sumOver } from "./primitives/broadcast.ts";
import { castPrimitive } from "./primitives/cast.ts";
import {
  atan2,
  equal,
  less,
  lessEqual,
  maximum,
  minimum,
  mod,
  notEqual,
  pow,
  shiftRight,
  wherePrimitive,
} from "./primitives/comparison.ts";
import * as elementwise from "./primitives/elementwise.ts";
import { gatherPrimitive, scatterAddPrimitive } from "./primitives/gather.ts";
import { matmulPrimitive } from "./primitives/matmul.ts";
import {
  argmaxPrimitive,
  argsortPrimitive,
  cumsumPrimitive,
  maxPrimitive,
} from "./primitives/reduction.ts";
import {
  concatPrimitive,
  flipPrimitive,
  padTo,
  permutePrimitive,
  sliceOf,
} from "./primitives/shape.ts";
import { stopGradientPrimitive } from "./primitives/stop-gradient.ts";
import { threefry } from "./primitives/threefry.ts";

const { roundHalfEven: _, ...unary } = elementwise;
const operations = [
  add,
  sub,
  neg,
  mul,
  div,
  ...Object.values(unary),
  less,
  lessEqual,
  equal,
  notEqual,
  shiftRight,
  maximum,
  minimum,
  mod,
  pow,
  atan2,
  broadcast,
  reshapeTo,
  sumOver,
  padTo,
  sliceOf,
  threefry,
].map(({ primitive }) => primitive);

/** Every primitive of the engine. */
export const registry: ReadonlyMap<string, Primitive> = new Map(
  [
    ...operations,
    castPrimitive,
    wherePrimitive,
    maxPrimitive,
    argmaxPrimitive,
    cumsumPrimitive,
    argsortPrimitive,
    gatherPrimitive,
    scatterAddPrimitive,
    matmulPrimitive,
    concatPrimitive,
    flipPrimitive,
    permutePrimitive,
    stopGradientPrimitive,
    callPrimitive,
  ].map((primitive) => [primitive.name, primitive]),
);

/** The graph that `toJSON` wrote; primitives of your own are given as the second argument. */
export function fromJSON(json: GraphJson, own: readonly Primitive[] = []): Graph {
  return decodeGraph(
    json,
    new Map([...registry, ...own.map((primitive) => [primitive.name, primitive] as const)]),
  );
}
