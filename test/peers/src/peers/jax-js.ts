// jax-js on its WebAssembly backend, or in a browser on WebGPU, everything under jit. Without a global
// Worker, as in Node, WebAssembly runs on one thread.
//
// Its functions own their arguments: `.ref` keeps an array for another use.
import { arrayOf, type NamedArray, parameterNames, sigma } from "../arrays.ts";
import { applyChain } from "../chains.ts";
import type { Peer, Prepared } from "../peer.ts";
import type { StepTask, Task } from "../tasks.ts";

// jax-js reads navigator while it loads, which Node 20 has not.
(globalThis as { navigator?: unknown }).navigator ??= {};
const {
  defaultDevice,
  init,
  jit,
  jvp,
  numpy: np,
  valueAndGrad,
  vmap,
} = await import("@jax-js/jax");
type Array_ = import("@jax-js/jax").Array;

export interface JaxOptions {
  readonly backend?: "wasm" | "webgpu";
}

/** Throws where the backend is not there. */
export async function openPeer({ backend = "wasm" }: JaxOptions = {}): Promise<Peer> {
  const available = await init(backend);
  if (!available.includes(backend)) throw new Error(`jax-js finds no ${backend} here`);
  defaultDevice(backend);
  return { name: `jax-js 0.1.25, ${backend}, jit`, prepare };
}

function prepare(task: Task, arrays: readonly NamedArray[]): Prepared {
  const load = (name: string): Array_ => {
    const { data, shape } = arrayOf(arrays, name);
    return np.array(data, { shape: [...shape] });
  };
  const { f, inputs } = programOf(task, load);
  const compiled = jit(f as (...inputs: Array_[]) => Array_[]);
  let results: Array_[] = [];
  const drop = (): void => {
    for (const result of results) result.dispose();
    results = [];
  };
  return {
    async run() {
      drop();
      results = compiled(...inputs.map((input) => input.ref)) as Array_[];
      for (const result of results) await result.blockUntilReady();
    },
    read: () => Promise.all(results.map((result) => result.ref.data())),
    release() {
      drop();
      for (const input of inputs) input.dispose();
      compiled.dispose();
    },
  };
}

interface Program {
  readonly f: (...inputs: Array_[]) => Array_[];
  readonly inputs: readonly Array_[];
}

function programOf(task: Task, load: (name: string) => Array_): Program {
  if (task.kind === "matmul")
    return { f: (a, b) => [np.matmul(a!, b!)], inputs: [load("a"), load("b")] };
  if (task.kind === "chain") return { f: (x) => [chain(task.chain, x!)], inputs: [load("x")] };
  const inputs = [...parameterNames, "x", "delta", "v"].map(load);
  if (task.objective === "forward") {
    const f = (...all: Array_[]): Array_[] => {
      const y = network(all.slice(0, 6), all[6]!.ref);
      for (const array of all) array.dispose();
      return [y];
    };
    return { f, inputs };
  }
  const loss = (params: Array_[], x: Array_, delta: Array_, v: Array_): Array_ => {
    const value = objective(task, params, x, delta, v);
    for (const array of [...params, x, delta, v]) array.dispose();
    return value;
  };
  const f = (...all: Array_[]): Array_[] => {
    const [x, delta, v] = all.slice(6) as [Array_, Array_, Array_];
    const [value, gradients] = valueAndGrad(loss)(all.slice(0, 6), x, delta, v);
    return [value, ...(gradients as Array_[])];
  };
  return { f, inputs };
}

function chain(name: "arithmetic" | "transcendental", x: Array_): Array_ {
  const operations = {
    add: (y: Array_, z: Array_ | number) => y.add(z),
    mul: (y: Array_, z: Array_ | number) => y.mul(z),
    tanh: np.tanh,
    sigmoid: (y: Array_) => np.reciprocal(np.exp(y.mul(-1)).add(1)),
    exp: np.exp,
  };
  const y = applyChain(name, operations, () => x.ref);
  x.dispose();
  return y;
}

/** [activations of the hidden layers…, output]. Borrows the parameters, consumes x. */
function layers(params: readonly Array_[], x: Array_): [Array_, Array_, Array_] {
  const [w1, b1, w2, b2, w3, b3] = params as [Array_, Array_, Array_, Array_, Array_, Array_];
  const h1 = np.tanh(np.matmul(x, w1.ref).add(b1.ref));
  const h2 = np.tanh(np.matmul(h1.ref, w2.ref).add(b2.ref));
  return [h1, h2.ref, np.matmul(h2, w3.ref).add(b3.ref)];
}

function network(params: readonly Array_[], x: Array_): Array_ {
  const [h1, h2, y] = layers(params, x);
  h1.dispose();
  h2.dispose();
  return y;
}

/** The mean over the batch; borrows all its arguments. */
function objective(
  { objective: name, sizes: [d, , batch], projections }: StepTask,
  params: readonly Array_[],
  x: Array_,
  delta: Array_,
  v: Array_,
): Array_ {
  const s = (z: Array_): Array_ => network(params, z);
  const halfSquare = (y: Array_): Array_ => np.square(y).sum(-1).mul(0.5);
  switch (name) {
    case "denoising":
      return halfSquare(s(x.ref.add(delta.ref)).add(delta.ref.mul(1 / sigma ** 2))).mean();
    case "sliced": {
      const along = (u: Array_): Array_ => {
        const [y, yDot] = jvp(s, [x.ref], [u.ref]);
        const projected = np.square(u.ref.mul(y).sum(-1)).mul(0.5);
        return u.mul(yDot).sum(-1).add(projected);
      };
      if (projections === 1) return along(v.ref.reshape([batch, d])).mean();
      return vmap(along, [0])(v.ref).mean();
    }
    case "implicit by contraction": {
      // tr J = d₁ᵀ M d₂, M = W₂ ∘ (W₃ W₁)ᵀ, d = 1 − tanh²
      const [h1, h2, y] = layers(params, x.ref);
      const [w1, , w2, , w3] = params as [Array_, Array_, Array_, Array_, Array_, Array_];
      const contraction = w2.ref.mul(np.matmul(w3.ref, w1.ref).transpose());
      const slope = (h: Array_): Array_ => np.square(h).mul(-1).add(1);
      const trace = np.matmul(slope(h1), contraction).mul(slope(h2)).sum(-1);
      return trace.add(halfSquare(y)).mean();
    }
    case "implicit by d JVPs": {
      const along = (axis: Array_): Array_ => {
        const e = np.broadcastTo(axis.reshape([1, d]), [batch, d]);
        const [y, yDot] = jvp(s, [x.ref], [e.ref]);
        y.dispose();
        return e.mul(yDot).sum(-1);
      };
      const trace = vmap(along, [0])(np.eye(d)).sum(0);
      return trace.add(halfSquare(s(x.ref))).mean();
    }
    case "forward":
      throw new Error("bench: the forward pass has no objective");
  }
}
