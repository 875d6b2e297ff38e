// brain.js, the trainer on gpu.js that people find first: NeuralNetworkGPU on WebGL 2, and its plain
// JavaScript twin.
//
// It has one objective, regression, and one way: a sample at a time, weights updated after each. A run
// is `train` for one pass over the rows. `train` uploads all rows each time it is called.
import { NeuralNetwork, NeuralNetworkGPU } from "brain.js";
import { arrayOf, type NamedArray } from "../arrays.ts";
import type { Peer, Prepared } from "../peer.ts";

export interface BrainOptions {
  readonly backend: "webgl2" | "cpu";
}

type Row = { input: Float32Array; output: Float32Array };
type Network = NeuralNetwork<Float32Array, Float32Array>;
type Json = ReturnType<Network["toJSON"]>;

export async function openPeer({ backend }: BrainOptions): Promise<Peer> {
  const create = (): Network =>
    backend === "cpu"
      ? new NeuralNetwork<Float32Array, Float32Array>()
      : (new NeuralNetworkGPU<Float32Array, Float32Array>({ mode: "gpu" }) as unknown as Network);
  return {
    name: `brain.js 2.0.0-beta.24, ${backend === "cpu" ? "NeuralNetwork" : "NeuralNetworkGPU"}`,
    prepare: (_, arrays) => prepare(create, arrays),
  };
}

function prepare(create: () => Network, arrays: readonly NamedArray[]): Prepared {
  const rows = rowsOf(arrays);
  const results = firstChange(create, arrays, rows[0]!);
  const network = create().fromJSON(jsonOf(arrays, 1e-3));
  return {
    run() {
      network.train(rows, once);
      // A GPU works on after `train` returns: an output waits for every update before it.
      network.run(rows[0]!.input);
    },
    read: () => results,
  };
}

const once = { iterations: 1, errorThresh: 1e-30 };

/** What regression.ts computes, by brain.js. */
function firstChange(
  create: () => Network,
  arrays: readonly NamedArray[],
  row: Row,
): ArrayLike<number>[] {
  // Near 1, so that the change of a weight is far above its rounding; brain.js wants less than 1.
  const rate = 0.99;
  const before = jsonOf(arrays, rate);
  const network = create().fromJSON(before);
  const [output = Number.NaN] = network.run(row.input) as Float32Array;
  network.train([row], once);
  const after = network.toJSON();
  const changes = before.layers.slice(1).flatMap(({ weights, biases }, l) => {
    const next = after.layers[l + 1]!;
    const inputs = weights[0]?.length ?? 0;
    const change = Array.from({ length: inputs * weights.length }, (_, i) => {
      const [k, j] = [Math.floor(i / weights.length), i % weights.length];
      return (next.weights[j]![k]! - weights[j]![k]!) / rate;
    });
    return [change, biases.map((b, j) => (next.biases[j]! - b) / rate)];
  });
  return [[output], ...changes];
}

function rowsOf(arrays: readonly NamedArray[]): Row[] {
  const { data: x, shape } = arrayOf(arrays, "x");
  const { data: v } = arrayOf(arrays, "v");
  const [batch = 0, d = 0] = shape;
  return Array.from({ length: batch }, (_, b) => ({
    input: x.slice(b * d, (b + 1) * d),
    output: v.slice(b * d, (b + 1) * d),
  }));
}

/** Its form of our network: weights [out][in]. */
function jsonOf(arrays: readonly NamedArray[], learningRate: number): Json {
  const layers = [1, 2, 3].map((l) => {
    const { data, shape } = arrayOf(arrays, `w${l}`);
    const [inputs = 0, outputs = 0] = shape;
    const weights = Array.from({ length: outputs }, (_, j) =>
      Array.from({ length: inputs }, (_, k) => data[k * outputs + j]!),
    );
    return { weights, biases: Array.from(arrayOf(arrays, `b${l}`).data) };
  });
  const [inputSize = 0, first = 0] = arrayOf(arrays, "w1").shape;
  const sizes = [inputSize, first, first, inputSize];
  const options = {
    inputSize,
    outputSize: inputSize,
    hiddenLayers: [first, first],
    binaryThresh: 0.5,
  };
  return {
    type: "NeuralNetwork",
    sizes,
    layers: [{ weights: [], biases: [] }, ...layers],
    inputLookup: null,
    inputLookupLength: 0,
    outputLookup: null,
    outputLookupLength: 0,
    options,
    trainOpts: {
      ...new NeuralNetwork().getTrainOptsJSON(),
      activation: "tanh",
      learningRate,
      ...once,
    },
  };
}
