// Networks whose parameters are f32 numbers, so that the engine in f64 sees what a device sees.
import { astype, type Tensor, type Tree, tensor, tree } from "@cotangent/autodiff";
import { type Mlp, mlp } from "@cotangent/losses";
import type { ActivationName, MlpParams } from "../../src/index.ts";
import { normals } from "./draws.ts";

export interface TestNetwork {
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
  readonly engine: Mlp;
  /** f32. */
  readonly params: MlpParams;
  /** The same numbers in f64. */
  readonly exact: MlpParams;
}

/** A network with weights N(0, 1/in) and biases N(0, ¼). */
export function testNetwork(sizes: readonly number[], activation: ActivationName): TestNetwork {
  const layers = sizes.slice(1).map((out, l) => {
    const fanIn = sizes[l]!;
    const weight = normals(10 * l + 1, fanIn * out).map((w) => w / Math.sqrt(fanIn));
    const bias = normals(10 * l + 2, out).map((b) => b / 2);
    return { weight: tensor(weight, { shape: [fanIn, out] }), bias: tensor(bias) };
  });
  const params = { layers };
  const engine = mlp({ sizes, activation });
  return { sizes, activation, engine, params, exact: inDouble(params) };
}

export const inDouble = <T extends Tree>(values: T): T =>
  tree.map((t) => astype(t, "f64"), values) as T;

/** Standard normal rows in f32. */
export const rows = (seed: number, count: number, width: number): Tensor =>
  tensor(normals(seed, count * width), { shape: [count, width] });
