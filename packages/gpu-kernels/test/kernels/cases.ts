// Every kernel with its options at given sizes, its inputs, and the magnitude of its terms.

import { type CurvedActivation, isCurved } from "../../src/kernels/activation-text.ts";
import * as kernels from "../../src/kernels/index.ts";
import { activationNames } from "../../src/kernels/index.ts";
import { activationOf } from "../../src/reference/activation.ts";
import { type KernelName, type References, reference } from "../../src/reference.ts";
import type { KernelText, Shape } from "../../src/template.ts";
import { normals } from "../support/draws.ts";

type Arrays = Record<string, Float32Array>;
type Run = (inputs: Record<string, ArrayLike<number>>) => Float64Array;

export interface KernelCase {
  readonly title: string;
  readonly kernel: KernelText;
  readonly inputs: Arrays;
  readonly want: Run;
  /** Σ|terms| of each element of the result. */
  readonly terms: Run;
}

export interface Sizes {
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Inputs that count something, instead of normal deviates. */
const counts: Record<string, Float32Array> = {
  at: Float32Array.of(1),
  first: Float32Array.of(2),
  keys: Float32Array.of(1, 2, 3, 4, 47_321, 65_535, 0, 12_345),
  rates: Float32Array.of(9, 9, 0.01, 5.5),
};
/** Inputs that cannot be negative. */
const positive = new Set(["v of adam-update", "sigma"]);

function inputsOf(kernel: KernelText): Arrays {
  const entries = Object.entries<Shape>(kernel.inputs).map(([name, shape], i) => {
    const values = normals(
      i + 1,
      shape.reduce((n, d) => n * d, 1),
    );
    const isPositive = positive.has(name) || positive.has(`${name} of ${kernel.name}`);
    return [name, counts[name] ?? (isPositive ? values.map((v) => Math.abs(v) + 0.1) : values)];
  });
  return Object.fromEntries(entries);
}

/** The terms of polynomials: the reference at the inputs' magnitudes; `flip` for what is subtracted. */
function absolute(run: Run, flip: readonly string[] = []): Run {
  return (inputs) => {
    const sized = Object.entries(inputs).map(([name, values]) => {
      if (name in counts) return [name, values];
      const sign = flip.includes(name) ? -1 : 1;
      return [name, Float64Array.from(values, (v) => sign * Math.abs(v))];
    });
    return run(Object.fromEntries(sized)).map(Math.abs);
  };
}

const meanings = reference as unknown as Record<
  string,
  (options: unknown, inputs: Record<string, ArrayLike<number>>) => Float64Array
>;
const makers = { ...kernels } as unknown as Record<string, (options: unknown) => KernelText>;

function make<K extends KernelName>(
  name: K,
  options: Parameters<References[K]>[0],
  terms?: (run: Run) => Run,
): KernelCase {
  const kernel = makers[name]!(options);
  const want: Run = (values) => meanings[name]!(options, values);
  return {
    title: `${name} ${JSON.stringify(options)}`,
    kernel,
    inputs: inputsOf(kernel),
    want,
    terms: (terms ?? absolute)(want),
  };
}

/** |terms| of φ, φ′ or φ″, written out where they cancel. */
function activationTerms(name: string, order: 0 | 1 | 2, a: number): number {
  const sigma = activationOf("sigmoid", 0)(a);
  const slope = activationOf("sigmoid", 1)(a);
  if (name === "silu" && order === 1) return sigma + Math.abs(a) * slope;
  if (name === "silu" && order === 2) return slope * (2 + Math.abs(a) * (1 + 2 * sigma));
  if (name === "sigmoid" && order === 2) return slope * (1 + 2 * sigma);
  return Math.abs(activationOf(name as "tanh", order)(a));
}

function curvedCase(
  sizes: Sizes & { readonly activation: CurvedActivation },
  slope: Run,
  linear: Run,
): KernelCase {
  return make("backwardCurved", sizes, () => (values) => {
    const slopes = slope(values);
    const bends = Float64Array.from(values.a!, (a) => activationTerms(sizes.activation, 2, a));
    return linear(values).map(
      (y, i) => y * slopes[i]! + bends[i]! * Math.abs(values.slopeBar![i]!),
    );
  });
}

/** The kernels that know an activation. */
function activationCases({ batch, inputs, outputs }: Sizes): KernelCase[] {
  return activationNames.flatMap((activation) => {
    const sizes = { batch, inputs, outputs, activation };
    const linear = (values: Record<string, ArrayLike<number>>): Float64Array =>
      absolute((all) => meanings.backwardInput!(sizes, all))(values);
    const slope: Run = ({ a }) => Float64Array.from(a!, (v) => activationTerms(activation, 1, v));
    return [
      make("denseForward", sizes, (run) => (values) => {
        const sums = absolute((all) => meanings.denseForward!({ batch, inputs, outputs }, all))(
          values,
        );
        return run(values).map((y, i) => Math.abs(y) + sums[i]!);
      }),
      ...([0, 1, 2] as const).map((order) =>
        make(
          "activation",
          { batch, width: inputs, activation, order },
          () =>
            ({ a }) =>
              Float64Array.from(a!, (v) => activationTerms(activation, order, v)),
        ),
      ),
      ...[1, 3].map((repeat) =>
        make("scaleBySlope", { batch, width: inputs, activation, repeat }, () => (values) => {
          const slopes = slope(values);
          return Float64Array.from(values.z!, (z, i) => {
            const sample = Math.floor(i / inputs / repeat);
            return Math.abs(z) * slopes[sample * inputs + (i % inputs)]!;
          });
        }),
      ),
      make("backwardHidden", sizes, () => (values) => {
        const slopes = slope(values);
        return linear(values).map((y, i) => y * slopes[i]!);
      }),
      ...(isCurved(activation) ? [curvedCase({ ...sizes, activation }, slope, linear)] : []),
    ];
  });
}

/** The kernels of exact traces: few samples of many tangents. */
function contractionCases({ batch, inputs, outputs }: Sizes): KernelCase[] {
  const few = { batch: Math.min(batch, 7), width: outputs };
  const rings = { width: outputs, first: inputs, second: 3 };
  return [
    make("basisTangent", { ...few, outputs: inputs }),
    make("basisWeight", { ...few, outputs: inputs }),
    make("basisTrace", few),
    make("basisSeed", few),
    make("weightTrace", { batch, width: outputs }),
    make("weightTraceBar", { batch, width: outputs }),
    make("loopDiagonal", rings),
    make("loopFirstBar", rings),
    make("loopSecondBar", rings),
    make("ring", rings),
    make("ringFirstBar", rings),
    make("ringLastBar", rings),
  ];
}

/** Every kernel at these sizes; the activations' too where `activations`. */
export function kernelCases(sizes: Sizes, activations: boolean): readonly KernelCase[] {
  const { batch, inputs, outputs } = sizes;
  const rows = { batch, width: inputs };
  const shapes: Shape[] = [[outputs], [inputs, outputs]];
  return [
    ...(activations ? activationCases(sizes) : []),
    make("denseTangent", sizes),
    make("backwardInput", sizes),
    make("backwardWeight", sizes),
    make("accumulateWeight", sizes),
    make("backwardBias", { batch, outputs }),
    make("weightedSum", { batch }),
    make("rowProducts", rows),
    make("slopeCotangent", { ...rows, repeat: 3 }),
    make("denoisingValue", rows, (run) => absolute(run, ["g"])),
    make("denoisingSeed", rows, (run) => absolute(run, ["g"])),
    make("slicedValue", { batch }),
    make("slicedSeed", rows),
    make("weightRows", rows),
    make("tracedValue", rows),
    make("takeRows", { ...rows, total: batch + 1 }),
    make("perturb", rows),
    make("gaussianTarget", rows),
    make(
      "normal",
      { rows: batch, columns: inputs, total: batch + 3, steps: 2 },
      (run) => (all) => run(all).fill(4),
    ),
    make("rademacher", { rows: batch, columns: inputs, total: batch + 3, steps: 2 }),
    ...contractionCases(sizes),
    ...shapes.flatMap((shape) => [
      make("plus", { shape }),
      make("times", { shape }),
      make("meanGradient", { shape, decay: 0.9 }),
      make("meanSquare", { shape, decay: 0.999 }),
      make("adamUpdate", { shape, steps: 2, epsilon: 1e-8 }, (run) => absolute(run, ["m"])),
      make("sgdVelocity", { shape, momentum: 0.9 }),
      make("sgdUpdate", { shape, steps: 2 }, (run) => absolute(run, ["v"])),
    ]),
  ];
}
