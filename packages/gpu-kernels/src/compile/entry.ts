// One signature of a compiled function: its pipeline, and the way of values in and out of it.
//
//   leaves ─host→ uploads ─pipeline→ arrays ─host→ results
import { evaluate, type Spec, Tensor, type TypedArray } from "@cotangent/autodiff";
import type { Device, Pipeline } from "../device/device.ts";
import type { Value } from "../device/values.ts";
import { asSingle, copyAs, type Sampled } from "./arguments.ts";
import { compileError, formatSpec } from "./compile-error.ts";
import type { Lowerings } from "./lowering.ts";
import { type AnyFunction, type Prepared, prepare } from "./prepare.ts";
import type { Slot } from "./slot.ts";
import type { Source } from "./split-graph.ts";
import { uploadLimit } from "./whole-numbers.ts";

const arrays = { i32: Int32Array, u32: Uint32Array, bool: Uint8Array } as const;

/** What came from the device, in the dtype that it stands for. */
function received(data: Float32Array, dtype: Spec["dtype"]): TypedArray {
  return dtype === "f32" || dtype === "f64" ? data : arrays[dtype].from(data);
}

/** What goes to the device; throws for whole numbers that do not fit. */
function sent({ dtype, shape, data }: Tensor): Float32Array {
  if (dtype === "i32" || dtype === "u32") {
    const wrong = (data as Int32Array).find((value) => Math.abs(value) > uploadLimit);
    if (wrong !== undefined)
      throw compileError(
        `${formatSpec({ dtype, shape })} meets floats on the device, which holds whole numbers as f32; expected numbers up to ±${uploadLimit}, got ${wrong}; convert to f32 before it meets them`,
      );
  }
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

export class Entry {
  readonly prepared: Prepared;
  readonly #specs: readonly Spec[];
  readonly #pipeline: Pipeline<string, string> | null;
  /** The names under which arrays come back. */
  readonly #names = new Map<Slot, string>();
  #calls = 0;
  #isOver = false;

  constructor(device: Device, name: string, f: AnyFunction, args: Sampled, lowerings: Lowerings) {
    this.#specs = args.specs;
    this.prepared = prepare(f, args, device.limits, lowerings);
    const { plan, inputs, outputs } = this.prepared.planned;
    const given = new Set(inputs);
    for (const slot of outputs)
      if (slot && !given.has(slot) && !plan.isConstant(slot))
        this.#names.set(slot, this.#names.get(slot) ?? `y${this.#names.size}`);
    this.#pipeline = this.#names.size > 0 ? this.#record(device, name) : null;
  }

  #record(device: Device, name: string): Pipeline<string, string> {
    const { plan, inputs } = this.prepared.planned;
    const named = inputs.flatMap((slot, i) => (slot ? [[`x${i}`, slot] as const] : []));
    const shapes = Object.fromEntries(named.map(([key, { shape }]) => [key, shape]));
    return device.pipeline(name, shapes, (launch, values, constant) => {
      const given = new Map(named.map(([key, slot]) => [slot, values[key] as Value]));
      const all = plan.record(launch, constant, given);
      const results = [...this.#names].map(([slot, key]) => [key, all.get(slot) as Value]);
      return Object.fromEntries(results) as Record<string, Value>;
    });
  }

  /** The results for such leaves, flat and in order. */
  async run(leaves: readonly TypedArray[]): Promise<Tensor[]> {
    const { split, before, after, results } = this.prepared;
    const given = leaves.map((data, i) => {
      const { shape, dtype } = this.#specs[i] as Spec;
      return new Tensor(shape, dtype, data);
    });
    const computed = evaluate(
      split.host,
      split.hostInputs.map((i) => given[i]),
    ) as Tensor[];
    const known = (source: Source): Tensor => {
      if (source.from === "constant") return source.tensor;
      return (source.from === "input" ? given : computed)[source.index] as Tensor;
    };
    const uploads = split.deviceInputs.map(known);
    for (const { atom, check } of before)
      check((uploads[split.device.inputs.indexOf(atom as never)] as Tensor).data);
    const outputs = await this.#launch(uploads);
    after.forEach(({ check }, i) => {
      check((outputs[results + i] as Tensor).data);
    });
    return split.outputs.map((source) => {
      // A copy: one array may be several results.
      const { shape, dtype, data } =
        source.from === "device" ? (outputs[source.index] as Tensor) : known(source);
      return new Tensor(shape, asSingle(dtype), copyAs(dtype, data));
    });
  }

  /** The outputs of the device's program. */
  async #launch(uploads: readonly Tensor[]): Promise<Tensor[]> {
    const { program, planned } = this.prepared;
    const values: Record<string, Float32Array> = {};
    planned.inputs.forEach((slot, i) => {
      if (slot) values[`x${i}`] = sent(uploads[i] as Tensor);
    });
    this.#calls++;
    try {
      const got = this.#pipeline ? await this.#pipeline.run(values) : {};
      return program.outputs.map((buffer, i) => {
        const { shape, dtype } = buffer;
        const slot = planned.outputs[i];
        const at = program.inputs.indexOf(buffer);
        const name = slot ? this.#names.get(slot) : undefined;
        const data = at >= 0 ? (uploads[at] as Tensor).data : buffer.data;
        const came = name === undefined ? undefined : got[name];
        const empty = new Float32Array(0);
        return new Tensor(shape, asSingle(dtype), data ?? received(came ?? empty, dtype));
      });
    } finally {
      this.#calls--;
      if (this.#isOver) await this.destroy();
    }
  }

  /** Frees the pipeline as soon as no call is under way. */
  async destroy(): Promise<void> {
    this.#isOver = true;
    if (this.#calls === 0) await this.#pipeline?.destroy();
  }
}
