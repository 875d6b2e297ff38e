// The forward and the backward pass of a batch, as launches of kernels.
//
//   forward     h_0 = x,  a_l = h_{l−1} W_l + b_l,  h_l = φ(a_l),  s = a_L
//   backward    āL = s̄;   W̄_l = h_{l−1}ᵀ ā_l,  b̄_l = Σ_rows ā_l,
//               ā_{l−1} = φ′(a_{l−1}) ∘ (ā_l W_lᵀ) + φ″(a_{l−1}) ∘ slopeBar_{l−1}
//
// slopeBar is the cotangent of φ′(a), from a loss that depends on the slopes (tangent-passes.ts, trace.ts):
// such a loss adds it here, and what it owes to a weight directly is the carry of W̄.
import type { Value } from "../device/values.ts";
import { activation } from "../kernels/activation.ts";
import { isCurved } from "../kernels/activation-text.ts";
import { backwardBias } from "../kernels/backward-bias.ts";
import { backwardCurved, backwardHidden } from "../kernels/backward-hidden.ts";
import { backwardInput } from "../kernels/backward-input.ts";
import { accumulateWeight, backwardWeight } from "../kernels/backward-weight.ts";
import { denseForward } from "../kernels/dense-forward.ts";
import { denseSizes, entry, type LayerValues, type Network } from "./network.ts";

/** What the forward pass leaves for the others. Index l counts layers from 0. */
export interface Tape {
  /** The input of each layer: h_0 = x, h_1, … */
  readonly inputs: readonly Value[];
  /** a of each hidden layer. */
  readonly preactivations: readonly Value[];
  readonly output: Value;
}

/** The network's output alone, bias and activation fused. x: [batch, in]. */
export function forwardPass(network: Network, x: Value): Value {
  const last = network.layers.length - 1;
  return network.layers.reduce((h, { weight, bias }, l) => {
    const phi = l === last ? "identity" : network.activation;
    const kernel = denseForward({ ...denseSizes(network, l), activation: phi });
    return network.launch(kernel, { x: h, weight, bias });
  }, x);
}

/** The forward pass with a and h of every layer kept. x: [batch, in]. */
export function tapedForward(network: Network, x: Value): Tape {
  const { launch, layers, batch, sizes, activation: phi } = network;
  const inputs = [x];
  const preactivations: Value[] = [];
  for (const [l, { weight, bias }] of layers.entries()) {
    const a = launch(denseForward(denseSizes(network, l)), { x: entry(inputs, l), weight, bias });
    if (l === layers.length - 1) return { inputs, preactivations, output: a };
    preactivations.push(a);
    const width = entry(sizes, l + 1);
    inputs.push(launch(activation({ batch, width, activation: phi, order: 0 }), { a }));
  }
  throw new RangeError("expected a network with at least one layer");
}

/** What a loss owes besides s̄. Index l counts layers from 0. */
export interface DirectCotangents {
  /** The cotangent of φ′(a) of hidden layer l. */
  readonly slopeBars: readonly (Value | undefined)[];
  /** What is owed to W_l directly. */
  readonly weightBars: readonly (Value | undefined)[];
}

/** The cotangents of all parameters. sBar: [batch, out]. */
export function backwardPass(
  network: Network,
  tape: Tape,
  sBar: Value,
  direct: DirectCotangents = { slopeBars: [], weightBars: [] },
): { readonly layers: readonly LayerValues[]; readonly firstBar: Value } {
  const { launch } = network;
  const bars: LayerValues[] = [];
  let yBar = sBar;
  for (let l = network.layers.length - 1; l >= 0; l--) {
    const sizes = denseSizes(network, l);
    const x = entry(tape.inputs, l);
    const carry = direct.weightBars[l];
    const weight = carry
      ? launch(accumulateWeight(sizes), { x, yBar, carry })
      : launch(backwardWeight(sizes), { x, yBar });
    bars.unshift({ weight, bias: launch(backwardBias(sizes), { yBar }) });
    if (l > 0) yBar = hiddenBar(network, tape, l, yBar, direct.slopeBars[l - 1]);
  }
  return { layers: bars, firstBar: yBar };
}

/** ā of the hidden layer that feeds layer l. */
function hiddenBar(
  network: Network,
  { preactivations }: Tape,
  l: number,
  yBar: Value,
  slopeBar: Value | undefined,
): Value {
  const { launch, activation: phi } = network;
  const sizes = denseSizes(network, l);
  const { weight } = entry(network.layers, l);
  const a = entry(preactivations, l - 1);
  if (slopeBar && isCurved(phi))
    return launch(backwardCurved({ ...sizes, activation: phi }), { yBar, weight, a, slopeBar });
  return launch(backwardHidden({ ...sizes, activation: phi }), { yBar, weight, a });
}

/** The cotangent of x, from that of the first layer's a. */
export const inputBar = (network: Network, yBar: Value): Value =>
  network.launch(backwardInput(denseSizes(network, 0)), {
    yBar,
    weight: entry(network.layers, 0).weight,
  });
