// Tangents through the network, and the transpose of that in everything but the tangent's start:
//
//   t_0 = v,  u_l = t_{l−1} W_l,  t_l = d_l ∘ u_l,  d_l = φ′(a_l);  J v = u_L
//
// The loss T = Σ t̄·(the end) is linear in every W_l and every d_l by itself. Its cotangents, backward:
//
//   ū_l = d_l ∘ t̄_l,   W̄_l = t_{l−1}ᵀ ū_l,   slopeBar_l = Σ_tangents u_l ∘ t̄_l,   t̄_{l−1} = ū_l W_lᵀ
//
// (the last layer has no d). Through slopeBar T reaches a_l with φ″, which passes.ts adds on its way
// back: together that is the gradient of a loss with a Jacobian in it, forward over reverse.
// `order` lists the layers as they are met: 0 … L−1, or a rotation of it for traces (trace.ts).
import type { Value } from "../device/values.ts";
import { backwardInput } from "../kernels/backward-input.ts";
import { backwardWeight } from "../kernels/backward-weight.ts";
import { denseTangent } from "../kernels/dense-tangent.ts";
import { scaleBySlope } from "../kernels/scale-by-slope.ts";
import { slopeCotangent } from "../kernels/slope-cotangent.ts";
import { denseSizes, entry, type Network } from "./network.ts";
import type { DirectCotangents, Tape } from "./passes.ts";

/** What the tangents leave for their transpose, by layer. */
export interface TangentTape {
  /** t before each layer in `order`; undefined where the start is the axes (trace.ts). */
  readonly starts: ReadonlyMap<number, Value | undefined>;
  /** u after each layer. */
  readonly products: ReadonlyMap<number, Value>;
  readonly end: Value;
}

/** Pushes `repeat` tangents of each sample through the layers of `order`; t: [batch·repeat, width]. */
export function tangentPass(
  network: Network,
  tape: Tape,
  order: readonly number[],
  repeat: number,
  start: Value | { readonly firstProduct: Value },
): TangentTape {
  const starts = new Map<number, Value | undefined>();
  const products = new Map<number, Value>();
  let t: Value | undefined = "firstProduct" in start ? undefined : start;
  for (const l of order) {
    starts.set(l, t);
    const u = t
      ? network.launch(denseTangent(denseSizes(network, l, repeat)), {
          xDot: t,
          weight: entry(network.layers, l).weight,
        })
      : (start as { readonly firstProduct: Value }).firstProduct;
    products.set(l, u);
    t = throughActivation(network, tape, l, repeat, u);
  }
  if (t === undefined) throw new RangeError("expected at least one layer");
  return { starts, products, end: t };
}

/** d_l ∘ z, or z after the last layer. z: [batch·repeat, width]. */
export function throughActivation(
  { launch, batch, sizes, activation }: Network,
  { preactivations }: Tape,
  l: number,
  repeat: number,
  z: Value,
): Value {
  const a = preactivations[l];
  if (a === undefined) return z;
  const width = entry(sizes, l + 1);
  return launch(scaleBySlope({ batch, width, activation, repeat }), { a, z });
}

/** The transpose of `tangentPass`. endBar: the cotangent of the end; firstWeight: W̄ of the axes' start. */
export function tangentTranspose(
  network: Network,
  tape: Tape,
  { starts, products }: TangentTape,
  repeat: number,
  endBar: Value,
  firstWeight?: (uBar: Value) => Value,
): DirectCotangents {
  const { launch, batch, sizes } = network;
  const slopeBars: Value[] = [];
  const weightBars: Value[] = [];
  let tBar = endBar;
  const order = [...starts.keys()];
  for (const l of order.toReversed()) {
    const width = entry(sizes, l + 1);
    const u = products.get(l);
    if (u && l in tape.preactivations)
      slopeBars[l] = launch(slopeCotangent({ batch, width, repeat }), { u, tBar });
    const uBar = throughActivation(network, tape, l, repeat, tBar);
    const x = starts.get(l);
    if (x)
      weightBars[l] = launch(backwardWeight(denseSizes(network, l, repeat)), { x, yBar: uBar });
    else if (firstWeight) weightBars[l] = firstWeight(uBar);
    const { weight } = entry(network.layers, l);
    if (l !== order[0])
      tBar = launch(backwardInput(denseSizes(network, l, repeat)), { yBar: uBar, weight });
  }
  return { slopeBars, weightBars };
}
