// What the host computes and what the device does.
//
//   whole numbers that depend on whole numbers alone (keys, random bits, counts of steps) → the interpreter, exactly
//   everything that depends on floats                                                     → the device, in f32
//
// f32 holds no 32-bit words, so the first kind never reaches the device; floats made of it do, where they are many:
// random f64 numbers are made wholly on the host, since f32 would round a uniform number up to 1.
import {
  type Atom,
  type Equation,
  eliminateDeadCode,
  type Graph,
  Tensor,
  Var,
} from "@cotangent/autodiff";
import { sizeOf } from "../errors.ts";

/** Where the value of an output, or of an input of the device's graph, comes from. */
export type Source =
  | { readonly from: "input" | "host" | "device"; readonly index: number }
  | { readonly from: "constant"; readonly tensor: Tensor };

export interface SplitGraph {
  /** From the graph's whole-number inputs, all of them in order, to what is needed of it. */
  readonly host: Graph;
  /** Which inputs of the graph the host's graph takes. */
  readonly hostInputs: readonly number[];
  readonly device: Graph;
  /** Where each input of the device's graph comes from. */
  readonly deviceInputs: readonly Source[];
  readonly outputs: readonly Source[];
}

/** Floats of at most so many elements are left to the host where it knows all they are made of… */
const few = 1024;
/** …but an array is not uploaded twice in another order. */
const views: ReadonlySet<string> = new Set(["reshape", "permute", "broadcastTo", "slice"]);
const isFloat = ({ dtype }: { readonly dtype: string }): boolean =>
  dtype === "f64" || dtype === "f32";

const forwardOf = ({ primitive, params }: Equation): Graph | null =>
  primitive.name === "call"
    ? (params as unknown as { forward: { graph(): Graph } }).forward.graph()
    : null;

/** Rows by index are checked by the host, and random bits made there: neither may hide in a call. */
const outsideOfCalls: ReadonlySet<string> = new Set(["gather", "scatterAdd", "threefry"]);
const mustOpen = (graph: Graph): boolean =>
  graph.equations.some((equation) => {
    const inner = forwardOf(equation);
    return outsideOfCalls.has(equation.primitive.name) || (inner !== null && mustOpen(inner));
  });

class Splitter {
  readonly hostEquations: Equation[] = [];
  readonly deviceEquations: Equation[] = [];
  readonly #onHost: Set<Atom>;
  /** Variables of opened calls, and of what was computed at once. */
  readonly #values = new Map<Atom, Atom>();

  constructor(inputs: readonly Var[]) {
    this.#onHost = new Set(inputs.filter((input) => !isFloat(input)));
  }

  read = (atom: Atom): Atom => this.#values.get(atom) ?? atom;
  isOnHost = (atom: Atom): boolean => this.#onHost.has(atom);

  add(original: Equation): void {
    const equation = { ...original, inputs: original.inputs.map(this.read) };
    const inner = forwardOf(equation);
    if (inner && (mustOpen(inner) || !equation.inputs.every(isFloat))) this.#open(equation, inner);
    else if (!this.#belongsToHost(equation)) this.deviceEquations.push(equation);
    else if (equation.inputs.every((atom) => atom instanceof Tensor)) this.#compute(equation);
    else {
      this.hostEquations.push(equation);
      for (const output of equation.outputs) this.#onHost.add(output);
    }
  }

  /** The equations of a call in its place. */
  #open({ inputs, outputs }: Equation, inner: Graph): void {
    inner.inputs.forEach((input, i) => void this.#values.set(input, inputs[i] as Atom));
    for (const equation of inner.equations) {
      const fresh = equation.outputs.map(({ shape, dtype }) => new Var(shape, dtype));
      this.add({ ...equation, outputs: fresh });
      equation.outputs.forEach((output, i) => {
        this.#values.set(output, this.read(fresh[i] as Atom));
      });
    }
    outputs.forEach((output, i) => {
      this.#values.set(output, this.read(inner.outputs[i] as Atom));
    });
  }

  #compute({ primitive, inputs, outputs, params }: Equation): void {
    const results = primitive.evaluate(inputs as readonly Tensor[], outputs, params);
    results.forEach(({ shape, dtype, data }, i) => {
      this.#values.set(outputs[i] as Atom, new Tensor(shape, dtype, data));
    });
  }

  #belongsToHost({ primitive, inputs, outputs }: Equation): boolean {
    if (!inputs.every((atom) => atom instanceof Tensor || this.isOnHost(atom))) return false;
    if (!outputs.every(isFloat) || !inputs.every(isFloat)) return true;
    if (!inputs.some(this.isOnHost)) return false;
    if (outputs.some(({ dtype }) => dtype === "f64")) return true;
    return !views.has(primitive.name) && outputs.every(({ shape }) => sizeOf(shape) <= few);
  }
}

const flat = (
  inputs: readonly Var[],
  equations: readonly Equation[],
  outputs: readonly Atom[],
): Graph => {
  const [inTree, outTree] = [inputs, outputs].map((list) => list.map(() => null));
  return eliminateDeadCode({
    inputs,
    names: [],
    equations,
    outputs,
    inTree: inTree ?? [],
    outTree: outTree ?? [],
  });
};

/** The two graphs, and how they meet. */
export function splitGraph(graph: Graph): SplitGraph {
  const splitter = new Splitter(graph.inputs);
  for (const equation of graph.equations) splitter.add(equation);
  const { hostEquations, deviceEquations, read } = splitter;
  const outputs = graph.outputs.map(read);
  const made = new Set(deviceEquations.flatMap((equation) => equation.outputs));
  const results = [...new Set(outputs.filter((atom) => made.has(atom as Var)))];
  const live = flat([], deviceEquations, results).equations;
  const read_ = live.flatMap((equation) => equation.inputs);
  const uploads = [...new Set(read_)].filter(
    (atom): atom is Var => atom instanceof Var && !made.has(atom),
  );
  const isComputed = (atom: Atom): boolean =>
    splitter.isOnHost(atom) && !graph.inputs.includes(atom as Var);
  const hostResults = [...new Set([...uploads, ...outputs].filter(isComputed))];
  const sourceOf = (atom: Atom): Source => {
    if (atom instanceof Tensor) return { from: "constant", tensor: atom };
    if (made.has(atom)) return { from: "device", index: results.indexOf(atom) };
    const index = graph.inputs.indexOf(atom);
    return index >= 0
      ? { from: "input", index }
      : { from: "host", index: hostResults.indexOf(atom) };
  };
  const hostInputs = graph.inputs.flatMap((input, i) => (isFloat(input) ? [] : [i]));
  return {
    host: flat(
      hostInputs.map((i) => graph.inputs[i] as Var),
      hostEquations,
      hostResults,
    ),
    hostInputs,
    device: flat(uploads, live, results),
    deviceInputs: uploads.map(sourceOf),
    outputs: outputs.map(sourceOf),
  };
}
