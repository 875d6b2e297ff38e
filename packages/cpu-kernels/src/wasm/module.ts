// A module under construction: one memory, imported and own functions, exports, data; to bytes and to text.
//
//   const m = new ModuleBuilder({ memory: { pages: 1, export: "memory" } });
//   const f = m.function("f", { params: { x: "f32" }, results: ["f32"], export: "f" }, (fb, { x }) => fb.push(x));
//   new WebAssembly.Module(m.toBytes());

import { encodeFunction } from "./encode.ts";
import { encodeModule } from "./encode-module.ts";
import { FunctionBuilder } from "./function.ts";
import type { ValueType } from "./instructions.ts";
import type { MemoryOptions, ModuleParts } from "./module-parts.ts";
import { moduleToWat } from "./module-wat.ts";
import type { FunctionRef, Local } from "./nodes.ts";
import { ByteWriter } from "./writer.ts";

export interface FunctionOptions<P extends Readonly<Record<string, ValueType>>> {
  readonly params?: P;
  readonly results?: readonly ValueType[];
  readonly export?: string;
}

export interface ModuleOptions {
  readonly memory?: MemoryOptions;
  /** Whether `toWat` will be called. Without it, a function's tree is forgotten as soon as its bytes are there. */
  readonly isPrinted?: boolean;
}

export class ModuleBuilder {
  readonly #parts: ModuleParts;
  readonly #names = new Set<string>();
  readonly #numbers = new Map<FunctionRef, number>();
  readonly #shared = new Map<string, unknown>();

  constructor({ memory, isPrinted = true }: ModuleOptions = {}) {
    if (memory?.shared && memory.maximum === undefined)
      throw new TypeError("module: a shared memory needs a maximum");
    const [code, trees] = [new ByteWriter(), isPrinted ? [] : null];
    this.#parts = { memory, imports: [], functions: [], code, trees, exports: [], data: [] };
  }

  /** Builds and encodes a function. Its name must be free; its parameters come to `build` by name. */
  function<
    const P extends Readonly<Record<string, ValueType>> = Readonly<Record<never, ValueType>>,
  >(
    name: string,
    options: FunctionOptions<P>,
    build: (fb: FunctionBuilder, params: { readonly [K in keyof P]: Local }) => void,
  ): FunctionRef {
    this.#claim(name);
    const fb = new FunctionBuilder(name, options.results);
    const params: Record<string, Local> = {};
    for (const key in options.params) params[key] = fb.param(key, options.params[key]!);
    build(fb, params as { [K in keyof P]: Local });
    fb.check();
    this.#number(fb.ref);
    this.#parts.functions.push(fb.ref);
    this.#parts.trees?.push(fb);
    encodeFunction(fb, this.#numbers, this.#parts.code);
    if (options.export !== undefined) this.export(options.export, fb.ref);
    return fb.ref;
  }

  /** The function of this name, built when it is first asked for: how equal kernels share it. */
  shared<const P extends Readonly<Record<string, ValueType>> = Readonly<Record<never, ValueType>>>(
    name: string,
    options: FunctionOptions<P>,
    build: (fb: FunctionBuilder, params: { readonly [K in keyof P]: Local }) => void,
  ): FunctionRef {
    return this.once(name, () => this.function(name, options, build));
  }

  /** A function that the host gives. Imports are numbered before all functions, so they are declared before them. */
  importFunction(
    module: string,
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[] = [],
  ): FunctionRef {
    if (this.#parts.functions.length > 0)
      throw new TypeError(`import ${name}: expected before the first function`);
    this.#claim(name);
    const ref = { name, params, results };
    this.#number(ref);
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

  /** Makes something once per module and key. */
  once<T>(key: string, make: () => T): T {
    if (!this.#shared.has(key)) this.#shared.set(key, make());
    return this.#shared.get(key) as T;
  }

  /** The module in the binary format. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return encodeModule(this.#parts, this.#numbers);
  }

  /** The module in the text format. Throws unless the module was made to be printed. */
  toWat(): string {
    return moduleToWat(this.#parts);
  }

  #number(ref: FunctionRef): void {
    this.#numbers.set(ref, this.#numbers.size);
  }

  #claim(name: string): void {
    if (this.#names.has(name))
      throw new TypeError(`function ${name}: the name is taken in this module`);
    this.#names.add(name);
  }
}
