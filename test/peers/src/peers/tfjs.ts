// TensorFlow.js, eager, on its WebAssembly (XNNPACK) or its plain JavaScript backend, which in Node run
// on one thread, or in a browser on WebGL or WebGPU.
//
// It has no second derivative of tanh, so tangents are written by hand, with 1 − h² as the slope:
// that costs it nothing and is more than its users get.
import * as tf from "@tensorflow/tfjs";
import { arrayOf, type NamedArray, parameterNames, sigma } from "../arrays.ts";
import { applyChain } from "../chains.ts";
import type { Peer, Prepared } from "../peer.ts";
import type { StepTask, Task } from "../tasks.ts";

export interface TfjsOptions {
  readonly backend: "wasm" | "cpu" | "webgl" | "webgpu";
}

export async function openPeer({ backend }: TfjsOptions): Promise<Peer> {
  if (backend === "wasm") {
    const { fileURLToPath } = await import("node:url");
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    const entry = import.meta.resolve("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(fileURLToPath(new URL("./", entry)));
  }
  if (backend === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend(backend))) throw new Error(`tfjs finds no ${backend} here`);
  await tf.ready();
  return { name: `tfjs ${tf.version.tfjs}, ${tf.getBackend()}`, prepare };
}

function prepare(task: Task, arrays: readonly NamedArray[]): Prepared {
  const load = (name: string): tf.Tensor => {
    const { data, shape } = arrayOf(arrays, name);
    return tf.tensor(data, [...shape]);
  };
  const names = inputNames(task);
  const inputs = names.map(load);
  const f = programOf(task);
  let results: tf.Tensor[] = [];
  return {
    run() {
      tf.dispose(results);
      results = tf.tidy(() => f(...inputs));
    },
    read: () => Promise.all(results.map((result) => result.data() as Promise<Float32Array>)),
    release() {
      tf.dispose(results);
      tf.dispose(inputs);
    },
  };
}

function inputNames(task: Task): readonly string[] {
  if (task.kind === "matmul") return ["a", "b"];
  return task.kind === "chain" ? ["x"] : [...parameterNames, "x", "delta", "v"];
}

type Function = (...inputs: tf.Tensor[]) => tf.Tensor[];

function programOf(task: Task): Function {
  if (task.kind === "matmul") return (a, b) => [tf.matMul(a!, b!)];
  if (task.kind === "chain")
    return (x) => [
      applyChain<tf.Tensor>(
        task.chain,
        { add: tf.add, mul: tf.mul, tanh: tf.tanh, sigmoid: tf.sigmoid, exp: tf.exp },
        () => x!,
      ),
    ];
  if (task.objective === "forward")
    return (...inputs) => [layers(inputs.slice(0, 6), inputs[6]!)[2]];
  return (...inputs) => {
    const [x, delta, v] = inputs.slice(6) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const loss = (...params: tf.Tensor[]): tf.Scalar =>
      tf.mean(perSample(task, params, x, delta, v)) as tf.Scalar;
    const { value, grads } = tf.valueAndGrads(loss)(inputs.slice(0, 6));
    return [value, ...grads];
  };
}

type Params = readonly tf.Tensor[];

/** [activations of the hidden layers…, output]. */
function layers(params: Params, x: tf.Tensor): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const [w1, b1, w2, b2, w3, b3] = params as tf.Tensor[];
  const h1 = tf.tanh(tf.add(tf.matMul(x, w1!), b1!));
  const h2 = tf.tanh(tf.add(tf.matMul(h1, w2!), b2!));
  return [h1, h2, tf.add(tf.matMul(h2, w3!), b3!)];
}

const slope = (h: tf.Tensor): tf.Tensor => tf.sub(1, tf.square(h));
const rowSum = (y: tf.Tensor): tf.Tensor => tf.sum(y, -1);
const halfSquare = (y: tf.Tensor): tf.Tensor => tf.mul(0.5, rowSum(tf.square(y)));

function perSample(
  { objective, projections }: StepTask,
  params: Params,
  x: tf.Tensor,
  delta: tf.Tensor,
  v: tf.Tensor,
): tf.Tensor {
  const [w1, , w2, , w3] = params as tf.Tensor[];
  if (objective === "denoising") {
    const [, , y] = layers(params, tf.add(x, delta));
    return halfSquare(tf.add(y, tf.mul(delta, 1 / sigma ** 2)));
  }
  const [h1, h2, y] = layers(params, x);
  if (objective === "implicit by contraction") {
    const contraction = tf.mul(w2!, tf.transpose(tf.matMul(w3!, w1!)));
    const trace = rowSum(tf.mul(tf.matMul(slope(h1), contraction), slope(h2)));
    return tf.add(trace, halfSquare(y));
  }
  if (objective === "sliced") {
    const terms = tf.unstack(v).map((u) => {
      const first = tf.mul(tf.matMul(u, w1!), slope(h1));
      const second = tf.mul(tf.matMul(first, w2!), slope(h2));
      const yDot = tf.matMul(second, w3!);
      const projected = tf.mul(0.5, tf.square(rowSum(tf.mul(u, y))));
      return tf.add(rowSum(tf.mul(u, yDot)), projected);
    });
    return tf.mul(tf.addN(terms), 1 / projections);
  }
  throw new Error(`bench: tfjs has no ${objective}`);
}
