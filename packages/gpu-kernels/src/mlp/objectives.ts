// Score-matching objectives of a batch with all parameter gradients, as launches of kernels.
//
//   loss = Σ_b w_b value_b        w_b = 1/B, or 0 for a row that pads the batch
//
//   denoising   value = ½‖s(x̃) − g‖²              one forward, one backward pass
//   sliced      value = vᵀJv + ½(v·s)²             and tangents with their transpose (tangent-passes.ts)
//   reduced     value = vᵀJv + ½‖s‖²
//   implicit    value = tr J + ½‖s‖²               and the exact trace (trace.ts)
//
// J depends on the parameters through the weights and through the slopes φ′(a): both count.
import type { Value } from "../device/values.ts";
import { denoisingSeed, denoisingValue } from "../kernels/denoising-loss.ts";
import { rowProducts, weightedSum } from "../kernels/reduce.ts";
import { slicedSeed, slicedValue, tracedValue, weightRows } from "../kernels/sliced-loss.ts";
import { entry, type LayerValues, type Network } from "./network.ts";
import { backwardPass, tapedForward } from "./passes.ts";
import { tangentPass, tangentTranspose } from "./tangent-passes.ts";
import { traceTerm } from "./trace.ts";

/** Values and gradients of a batch on the device. */
export interface ObjectiveValues {
  /** Of each sample: [batch, 1]. */
  readonly values: Value;
  /** Σ_b w_b value_b: [1]. */
  readonly loss: Value;
  readonly layers: readonly LayerValues[];
}

/** ½‖s(x) − target‖². x, target: [batch, d]; w: [batch, 1]. */
export function denoising(network: Network, x: Value, target: Value, w: Value): ObjectiveValues {
  const { launch, batch, sizes } = network;
  const width = entry(sizes, sizes.length - 1);
  const tape = tapedForward(network, x);
  const inputs = { s: tape.output, g: target };
  const values = launch(denoisingValue({ batch, width }), inputs);
  const sBar = launch(denoisingSeed({ batch, width }), { ...inputs, w });
  const { layers } = backwardPass(network, tape, sBar);
  return { values, loss: weigh(network, values, w), layers };
}

/** vᵀJv + ½(v·s)², or ½‖s‖² in its place. x, v: [batch, d]; w: [batch, 1]. */
export function sliced(
  network: Network,
  x: Value,
  v: Value,
  w: Value,
  reduced: boolean,
): ObjectiveValues {
  const { launch, batch, layers } = network;
  const rows = { batch, width: entry(network.sizes, 0) };
  const order = [...layers.keys()];
  const tape = tapedForward(network, x);
  const s = tape.output;
  const tangents = tangentPass(network, tape, order, 1, v);
  const trace = launch(rowProducts(rows), { p: v, q: tangents.end });
  const owed = tangentTranspose(network, tape, tangents, 1, launch(weightRows(rows), { z: v, w }));
  if (reduced) return withHalfNorm(network, tape, w, { ...owed, trace });
  const c = launch(rowProducts(rows), { p: v, q: s });
  const values = launch(slicedValue({ batch }), { trace, c });
  const sBar = launch(slicedSeed(rows), { v, c, w });
  const bars = backwardPass(network, tape, sBar, owed);
  return { values, loss: weigh(network, values, w), layers: bars.layers };
}

/** tr J + ½‖s‖². x: [batch, d]; w: [batch, 1]. */
export function implicit(network: Network, x: Value, w: Value): ObjectiveValues {
  const tape = tapedForward(network, x);
  return withHalfNorm(network, tape, w, traceTerm(network, tape, w));
}

/** trace + ½‖s‖², whose cotangent of s is w s. */
function withHalfNorm(
  network: Network,
  tape: ReturnType<typeof tapedForward>,
  w: Value,
  { trace, ...owed }: ReturnType<typeof traceTerm>,
): ObjectiveValues {
  const { launch, batch, sizes } = network;
  const rows = { batch, width: entry(sizes, 0) };
  const s = tape.output;
  const values = launch(tracedValue(rows), { trace, s });
  const sBar = launch(weightRows(rows), { z: s, w });
  const { layers } = backwardPass(network, tape, sBar, owed);
  return { values, loss: weigh(network, values, w), layers };
}

const weigh = ({ launch, batch }: Network, v: Value, w: Value): Value =>
  launch(weightedSum({ batch }), { w, v });
