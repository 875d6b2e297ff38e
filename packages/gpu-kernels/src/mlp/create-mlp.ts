// A multilayer perceptron on a device: forward, both derivatives, and whole score-matching steps.
//
// Every call is one pipeline (for a batch that fits): parameters and rows go up, results come back,
// nothing in between. Any number of rows runs on the pipelines compiled for `batch` rows, in tiles.
// Parameters are the engine's trees, as @cotangent/losses' mlp makes them.
import type { Tensor } from "@cotangent/autodiff";
import type { Device } from "../device/device.ts";
import { requireDevice, requireNames, requireOptions } from "../errors.ts";
import type { ActivationName } from "../kernels/activation-text.ts";
import { besideInput, rowInput, rowsTensor, sliceInputs } from "./inputs.ts";
import { entry, named } from "./network.ts";
import { denoising, implicit, sliced } from "./objectives.ts";
import { type MlpParams, type ParamName, paramTree } from "./params.ts";
import { backwardPass, forwardPass, inputBar, tapedForward } from "./passes.ts";
import { namedLayers } from "./pipelines.ts";
import { createRunner, type StepResult } from "./runner.ts";
import { tangentPass } from "./tangent-passes.ts";
import { tangentsOfTrace } from "./trace.ts";

/** Options of `createMlp`. */
export interface MlpOptions {
  /** Widths [input, ...hidden, output]. */
  readonly sizes: readonly number[];
  /** φ of the hidden layers (default tanh). */
  readonly activation?: ActivationName;
  /** Rows that pipelines are compiled for (default 256): the batch that is given most often. */
  readonly batch?: number;
}

/** A network on a device. Results are f32; wrong shapes throw a TypeError, a device's failure a DeviceError. */
export interface GpuMlp {
  readonly sizes: readonly number[];
  readonly activation: ActivationName;
  /** The network's output. x: [rows, in] → [rows, out]. */
  forward(params: MlpParams, x: Tensor): Promise<Tensor>;
  /** [y, J xDot] per row. x, xDot: [rows, in]. */
  jvp(params: MlpParams, x: Tensor, xDot: Tensor): Promise<readonly [Tensor, Tensor]>;
  /** y, and the cotangents of x and of the parameters. yBar: [rows, out]. */
  vjp(
    params: MlpParams,
    x: Tensor,
    yBar: Tensor,
  ): Promise<{ readonly y: Tensor; readonly xBar: Tensor; readonly paramsBar: MlpParams }>;
  /** Mean of ½‖s(x) − target‖²: x = clean + δ, target = ∇ log q(δ), −δ/σ² for Gaussian noise. [rows, d] both. */
  denoisingStep(params: MlpParams, x: Tensor, target: Tensor): Promise<StepResult>;
  /** Mean of vᵀJv + ½(v·s)², or of vᵀJv + ½‖s‖² if `reduced`. x: [rows, d]; v: [rows, d] or [M, rows, d]. */
  slicedStep(
    params: MlpParams,
    x: Tensor,
    v: Tensor,
    options?: { readonly reduced?: boolean },
  ): Promise<StepResult>;
  /** Mean of tr J + ½‖s‖², the trace exact, by the cheapest contraction. x: [rows, d]. */
  implicitStep(params: MlpParams, x: Tensor): Promise<StepResult>;
  /** Frees its pipelines. */
  destroy(): Promise<void>;
}

/** A network on a device; throws on bad sizes and on an activation that has no kernels. */
export function createMlp(device: Device, options: MlpOptions): GpuMlp {
  requireDevice("createMlp", device);
  requireOptions("createMlp", options, "{ sizes: [2, 32, 2] }");
  requireNames("createMlp", options, ["sizes", "activation", "batch"]);
  const { sizes, activation = "tanh", batch = 256 } = options;
  const { run, step, destroy } = createRunner(device, { sizes, activation, batch });
  const [width, out] = [entry(sizes, 0), entry(sizes, sizes.length - 1)];
  return {
    sizes,
    activation,
    destroy,
    async forward(params, x) {
      const inputs = { x: rowInput("forward", "x", x, width) };
      const record: Parameters<typeof run>[0]["record"] = (network, rows) => ({
        y: forwardPass(network, named(rows, "x")),
      });
      const { y } = await run({ name: "forward", params, inputs, record }, { y: out });
      return rowsTensor(y, out);
    },
    async jvp(params, x, xDot) {
      const name = "jvp";
      const rows = rowInput(name, "x", x, width);
      const inputs = { x: rows, xDot: besideInput(name, "xDot", xDot, rows, width) };
      const record: Parameters<typeof run>[0]["record"] = (network, values) => {
        const tape = tapedForward(network, named(values, "x"));
        const order = [...network.layers.keys()];
        const { end } = tangentPass(network, tape, order, 1, named(values, "xDot"));
        return { y: tape.output, yDot: end };
      };
      const { y, yDot } = await run({ name, params, inputs, record }, { y: out, yDot: out });
      return [rowsTensor(y, out), rowsTensor(yDot, out)];
    },
    async vjp(params, x, yBar) {
      const name = "vjp";
      const rows = rowInput(name, "x", x, width);
      const inputs = { x: rows, yBar: besideInput(name, "yBar", yBar, rows, out) };
      const record: Parameters<typeof run>[0]["record"] = (network, values) => {
        const tape = tapedForward(network, named(values, "x"));
        const { layers, firstBar } = backwardPass(network, tape, named(values, "yBar"));
        return { y: tape.output, xBar: inputBar(network, firstBar), ...namedLayers(layers) };
      };
      const results = await run({ name, params, inputs, record }, { y: out, xBar: width });
      return {
        y: rowsTensor(results.y, out),
        xBar: rowsTensor(results.xBar, width),
        paramsBar: paramTree(sizes, results as Record<ParamName, Float32Array>),
      };
    },
    async denoisingStep(params, x, target) {
      const name = "denoisingStep";
      const rows = rowInput(name, "x", x, width);
      const inputs = { x: rows, target: besideInput(name, "target", target, rows, width) };
      return step({
        name,
        params,
        inputs,
        record: (network, values) =>
          denoising(network, named(values, "x"), named(values, "target"), named(values, "w")),
      });
    },
    async slicedStep(params, x, v, { reduced = false } = {}) {
      const name = reduced ? "slicedStep, reduced" : "slicedStep";
      return step({
        name,
        params,
        inputs: sliceInputs(name, rowInput(name, "x", x, width), v),
        record: (network, values) =>
          sliced(network, named(values, "x"), named(values, "v"), named(values, "w"), reduced),
      });
    },
    async implicitStep(params, x) {
      const name = "implicitStep";
      return step({
        name,
        params,
        inputs: { x: rowInput(name, "x", x, width) },
        record: (network, values) => implicit(network, named(values, "x"), named(values, "w")),
        repeat: tangentsOfTrace(sizes),
      });
    },
  };
}
