// Scalar code: the loads, steps and stores of one element, gathered from what is asked for.
import type { DType } from "@cotangent/autodiff";
import type { Buffer, ScalarCode, Step, View } from "../program.ts";
import { type Access, broadcastLayout, type Layout, Split, Stuck, through } from "./access.ts";
import { type Axis, extentsOf } from "./axes.ts";
import type { Node } from "./node.ts";

/** A value before loads and steps are numbered. */
export type Value =
  | { readonly given: number }
  | { readonly load: number }
  | { readonly step: number };

/** Thrown: this node cannot be reached from where it is read; it needs memory, or a kernel of its own. */
export class Blocked {
  readonly node: Node;
  constructor(node: Node) {
    this.node = node;
  }
}

interface RawStep {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly dtype: DType;
  readonly value?: number;
}

/** The access to what lies behind a layout of `node`; throws a Split of an axis, or Blocked. */
export function reach(node: Node, axes: readonly Axis[], access: Access, layout: Layout): Access {
  try {
    return through(access, extentsOf(axes), layout);
  } catch (error) {
    const isBlocked = error instanceof Stuck || (error instanceof Split && axes[error.axis]!.whole);
    throw isBlocked ? new Blocked(node) : error;
  }
}

/** Writes the code of one iteration space. `memory` gives null for what the kernel computes itself. */
export class CodeWriter {
  readonly #axes: readonly Axis[];
  readonly #memory: (node: Node) => Buffer | null;
  readonly #given: readonly Node[];
  readonly #loads: View[] = [];
  readonly #steps: RawStep[] = [];
  readonly #stores: { view: View; value: Value }[] = [];
  readonly #values = new Map<string, Value>();

  constructor(
    axes: readonly Axis[],
    memory: (node: Node) => Buffer | null,
    given: readonly Node[] = [],
  ) {
    this.#axes = axes;
    this.#memory = memory;
    this.#given = given;
  }

  /** The value of `node` at `access`: given, loaded or computed. */
  value(node: Node, access: Access): Value {
    const isConstant = node.kind === "source" && node.uniform !== undefined;
    const key = isConstant
      ? `${node.dtype} ${node.uniform} ${1 / node.uniform!}`
      : `${node.position} ${access.offset} ${access.strides}`;
    const value = this.#values.get(key) ?? this.#make(node, access);
    this.#values.set(key, value);
    return value;
  }

  #make(node: Node, access: Access): Value {
    const given = this.#given.indexOf(node);
    if (given >= 0) return { given };
    const { kind, dtype, inputs } = node;
    if (kind === "source" && node.uniform !== undefined)
      return this.#step({ op: "constant", inputs: [], dtype, value: node.uniform });
    const buffer = this.#memory(node);
    if (buffer) return { load: this.#loads.push({ buffer, ...access }) - 1 };
    if (kind === "view")
      return this.value(inputs[0]!, reach(node, this.#axes, access, node.layout));
    if (kind === "part") return this.value(inputs[0]!, access);
    if (kind !== "scalar")
      throw new Error(`schedule: a ${kind} was asked for outside of its kernel`);
    const operands = inputs.map((input) =>
      this.value(input, reach(node, this.#axes, access, broadcastLayout(input.shape, node.shape))),
    );
    return this.#step({ op: node.op, inputs: operands, dtype });
  }

  #step(step: RawStep): Value {
    return { step: this.#steps.push(step) - 1 };
  }

  /** Computes `node`, and stores it in `buffer`, or a part into its place. */
  store(node: Node, buffer: Buffer, access: Access): void {
    const value = this.value(node, access);
    const at = node.kind === "part" ? reach(node, this.#axes, access, node.layout) : access;
    this.#stores.push({ view: { buffer, ...at }, value });
  }

  /** The code, with values numbered: given, loads, steps. */
  finish(): { readonly code: ScalarCode; number(value: Value): number } {
    const loads = this.#given.length;
    const steps = loads + this.#loads.length;
    const number = (value: Value): number => {
      if ("given" in value) return value.given;
      return "load" in value ? loads + value.load : steps + value.step;
    };
    const code = {
      given: this.#given.map(({ dtype }) => dtype),
      loads: this.#loads,
      steps: this.#steps.map((step): Step => ({ ...step, inputs: step.inputs.map(number) })),
      stores: this.#stores.map(({ view, value }) => ({ view, value: number(value) })),
    };
    return { code, number };
  }
}

/** The code with every view changed. */
export const mapViews = (code: ScalarCode, change: (view: View) => View): ScalarCode => ({
  ...code,
  loads: code.loads.map(change),
  stores: code.stores.map(({ view, value }) => ({ view: change(view), value })),
});

export const viewsOf = ({ loads, stores }: ScalarCode): View[] => [
  ...loads,
  ...stores.map(({ view }) => view),
];
