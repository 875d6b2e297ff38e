// The exact trace of the Jacobian per sample, and its transpose, by the cheapest contraction.
//
//   J = W_1 D_1 W_2 D_2 ⋯ W_L,   D_l = diag d_l,  d_l = φ′(a_l)
//
//   no hidden layer    t = tr W_1
//   one                t = d_1 · q,        q_k = (W_2 W_1)_kk
//   two                t = d_1ᵀ M d_2,     M = W_2 ∘ R,  R = (W_3 W_1)ᵀ        no factor d per sample
//   deeper             tangents of every axis at the narrowest width of the cycle, since
//                      tr J = tr D_k W_{k+1} D_{k+1} ⋯ W_L W_1 D_1 ⋯ W_k for every k
// T = Σ_b w_b t_b is linear in every W_l and d_l alone; its cotangents are read off term by term.
import type { Value } from "../device/values.ts";
import { activation } from "../kernels/activation.ts";
import { backwardInput } from "../kernels/backward-input.ts";
import { backwardWeight } from "../kernels/backward-weight.ts";
import { basisSeed, basisTangent, basisTrace, basisWeight } from "../kernels/basis.ts";
import {
  loopDiagonal,
  loopFirstBar,
  loopSecondBar,
  ring,
  ringFirstBar,
  ringLastBar,
  weightTrace,
  weightTraceBar,
} from "../kernels/contraction.ts";
import { denseTangent } from "../kernels/dense-tangent.ts";
import { times } from "../kernels/elementwise.ts";
import { rowProducts } from "../kernels/reduce.ts";
import { weightRows } from "../kernels/sliced-loss.ts";
import { entry, type Network } from "./network.ts";
import type { DirectCotangents, Tape } from "./passes.ts";
import { tangentPass, tangentTranspose } from "./tangent-passes.ts";

/** t: [batch, 1], and what Σ_b w_b t_b owes to weights and slopes. */
export interface TraceTerm extends DirectCotangents {
  readonly trace: Value;
}

/** The exact trace. w: [batch, 1]; the network is square. */
export function traceTerm(network: Network, tape: Tape, w: Value): TraceTerm {
  const hidden = network.layers.length - 1;
  if (hidden === 0) return linearTrace(network, w);
  if (hidden === 1) return loopTrace(network, tape, w);
  if (hidden === 2) return ringTrace(network, tape, w);
  return cyclicTrace(network, tape, w);
}

/** How many tangents of each sample the trace pushes at once: 1 up to two hidden layers. */
export const tangentsOfTrace = (sizes: readonly number[]): number =>
  sizes.length <= 4 ? 1 : entry(sizes, narrowestCut(sizes));

/** Where the cycle is cut: the index of its narrowest width, among the input and the hidden layers. */
function narrowestCut(sizes: readonly number[]): number {
  const widths = sizes.slice(0, -1);
  return widths.indexOf(Math.min(...widths));
}

function linearTrace({ launch, layers, batch, sizes }: Network, w: Value): TraceTerm {
  const width = entry(sizes, 0);
  const { weight } = entry(layers, 0);
  return {
    trace: launch(weightTrace({ batch, width }), { weight }),
    weightBars: [launch(weightTraceBar({ batch, width }), { w })],
    slopeBars: [],
  };
}

/** d_l = φ′(a_l): [batch, width]. */
function slopes({ launch, batch, sizes, activation: phi }: Network, tape: Tape, l: number): Value {
  const kernel = activation({ batch, width: entry(sizes, l + 1), activation: phi, order: 1 });
  return launch(kernel, { a: entry(tape.preactivations, l) });
}

function loopTrace(network: Network, tape: Tape, w: Value): TraceTerm {
  const { launch, batch, layers, sizes } = network;
  const [width, first] = [entry(sizes, 0), entry(sizes, 1)];
  const [weight1, weight2] = [entry(layers, 0).weight, entry(layers, 1).weight];
  const loop = { batch, inputs: first, outputs: 1 };
  const d = slopes(network, tape, 0);
  const q = launch(loopDiagonal({ width, first }), { weight1, weight2 });
  const qBar = launch(backwardWeight(loop), { x: d, yBar: w });
  return {
    trace: launch(denseTangent(loop), { xDot: d, weight: q }),
    slopeBars: [launch(backwardInput(loop), { yBar: w, weight: q })],
    weightBars: [
      launch(loopFirstBar({ width, first }), { qBar, weight2 }),
      launch(loopSecondBar({ width, first }), { qBar, weight1 }),
    ],
  };
}

function ringTrace(network: Network, tape: Tape, w: Value): TraceTerm {
  const { launch, batch, layers, sizes } = network;
  const [width, first, second] = [entry(sizes, 0), entry(sizes, 1), entry(sizes, 2)];
  const [weight1, weight2, weight3] = [0, 1, 2].map((l) => entry(layers, l).weight) as [
    Value,
    Value,
    Value,
  ];
  const middle = { batch, inputs: first, outputs: second };
  const shape = [first, second] as const;
  const rings = { width, first, second };
  const [d1, d2] = [slopes(network, tape, 0), slopes(network, tape, 1)];
  const r = launch(ring(rings), { weight1, weight3 });
  const m = launch(times({ shape }), { p: weight2, q: r });
  const md2 = launch(backwardInput(middle), { yBar: d2, weight: m });
  const wd1 = launch(weightRows({ batch, width: first }), { z: d1, w });
  const mBar = launch(backwardWeight(middle), { x: wd1, yBar: d2 });
  const ringBar = launch(times({ shape }), { p: mBar, q: weight2 });
  return {
    trace: launch(rowProducts({ batch, width: first }), { p: d1, q: md2 }),
    slopeBars: [
      launch(weightRows({ batch, width: first }), { z: md2, w }),
      launch(denseTangent(middle), { xDot: wd1, weight: m }),
    ],
    weightBars: [
      launch(ringFirstBar(rings), { ringBar, weight3 }),
      launch(times({ shape }), { p: mBar, q: r }),
      launch(ringLastBar(rings), { ringBar, weight1 }),
    ],
  };
}

function cyclicTrace(network: Network, tape: Tape, w: Value): TraceTerm {
  const { launch, batch, layers, sizes } = network;
  const cut = narrowestCut(sizes);
  const width = entry(sizes, cut);
  const order = layers.map((_, l) => (cut + l) % layers.length);
  const outputs = entry(sizes, cut + 1);
  const { weight } = entry(layers, cut);
  const firstProduct = launch(basisTangent({ batch, width, outputs }), { weight });
  const tangents = tangentPass(network, tape, order, width, { firstProduct });
  const endBar = launch(basisSeed({ batch, width }), { w });
  const owed = tangentTranspose(network, tape, tangents, width, endBar, (uBar) =>
    launch(basisWeight({ batch, width, outputs }), { uBar }),
  );
  return { ...owed, trace: launch(basisTrace({ batch, width }), { t: tangents.end }) };
}
