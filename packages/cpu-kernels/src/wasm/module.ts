// A module under construction: one memory, imported and own functions, exports, data; to bytes and to text.
//
//   const m = new ModuleBuilder({ memory: { pages: 1, export: "memory" } });
//   const f = m.function("f", { params: { x: "f32" }, results: ["f32"], export: "f" }, (fb, { x }) => fb.push(x));
//   new WebAssembly.Module(m.toBytes());

import { encodeModule } from "./encode-module.ts";
import { FunctionBuilder } from "./function.ts";
import type { ValueType } from "./instructions.ts";
import type { MemoryOptions, ModuleParts } from "./module-parts.ts";
import { moduleToWat } from "./module-wat.ts";
import type { FunctionRef, Local } from "./nodes.ts";

export interface FunctionOptions<P extends Readonly<Record<string, ValueType>>> {
  readonly params?: P;
  readonly results?: readonly ValueType[];
  readonly export?: string;
}

export class ModuleBuilder {
  readonly #parts: ModuleParts;
  readonly #names = new Set<string>();
  readonly #shared = new Map<string, unknown>();

  constructor({ memory }: { readonly memory?: MemoryOptions } = {}) {
    if (memory?.shared && memory.maximum === undefined)
      throw new TypeError("module: a shared memory needs a maximum");
    this.#parts = { memory, imports: [], functions: [], exports: [], data: [] };
  }

  /** Builds a function. Its name must be free; its parameters come to `build` by name. */
  function<
    const P extends Readonly<Record<string, ValueType>> = Readonly<Record<never, ValueType>>,
  >(
    name: string,
    options: FunctionOptions<P>,
    build: (fb: FunctionBuilder, params: { readonly [K in keyof P]: Local }) => void,
  ): FunctionRef {
    this.#claim(name);
    const fb = new FunctionBuilder(name, options.results);
    const declared = Object.entries(options.params ?? {});
    const params = Object.fromEntries(declared.map(([key, type]) => [key, fb.param(key, type)]));
    build(fb, params as { [K in keyof P]: Local });
    fb.check();
    this.#parts.functions.push(fb);
    if (options.export !== undefined) this.export(options.export, fb.ref);
    return fb.ref;
  }

  /** A function that the host gives. */
  importFunction(
    module: string,
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[] = [],
  ): FunctionRef {
    this.#claim(name);
    const ref = { name, params, results };
    this.#parts.imports.push({ ref, module, name });
    return ref;
  }

  export(name: string, ref: FunctionRef): void {
    this.#parts.exports.push([name, ref]);
  }

  /** Bytes that are copied into memory whenever an instance is made. */
  data(offset: number, bytes: Uint8Array): void {
    this.#parts.data.push({ offset, bytes });
  }

  /** Makes something once per module and key: how equal kernels share their functions. */
  once<T>(key: string, make: () => T): T {
    if (!this.#shared.has(key)) this.#shared.set(key, make());
    return this.#shared.get(key) as T;
  }

  /** The module in the binary format. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return encodeModule(this.#parts);
  }

  /** The module in the text format. */
  toWat(): string {
    return moduleToWat(this.#parts);
  }

  #claim(name: string): void {
    if (this.#names.has(name))
      throw new TypeError(`function ${name}: the name is taken in this module`);
    this.#names.add(name);
  }
}
