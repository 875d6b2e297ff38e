// What a compiled function was made for: the tree of its arguments, and shape and dtype of each leaf.
//
// Reads arguments leaf by leaf without building lists, since it does so at every call: a leaf is a tensor, a typed
// array (one axis), a number or a boolean, as everywhere in the engine.
import { type Spec, type Structure, Tensor, type TypedArray } from "@cotangent/autodiff";
import { compileError } from "./errors.ts";
import { copyOf, type FloatType, fits, type Slot, specOf } from "./leaf.ts";

/** A structure, prepared for walking. */
export interface Node {
  readonly kind: "leaf" | "list" | "record";
  readonly keys: readonly string[];
  readonly parts: readonly Node[];
}

/** The nodes of a structure; keys in sorted order, in which leaves are numbered. */
export function nodeOf(structure: Structure): Node {
  if (structure === null) return { kind: "leaf", keys: [], parts: [] };
  if (Array.isArray(structure))
    return { kind: "list", keys: [], parts: structure.map((part) => nodeOf(part)) };
  const record = structure as { readonly [key: string]: Structure };
  const keys = Object.keys(record).sort();
  return { kind: "record", keys, parts: keys.map((key) => nodeOf(record[key]!)) };
}

/** Builds trees of tensors, copied from windows into memory, or, where reused, over these windows; allocates nothing but these. */
export class Builder {
  readonly #node: Node;
  readonly #specs: readonly Spec[];
  readonly #windows: readonly TypedArray[];
  /** Of each leaf, the tensor of all trees where it is reused, else null. */
  readonly #reused: readonly (Tensor | null)[];
  /** Of each leaf, the tensor of the next tree if `copy` has made it. */
  readonly #early: (Tensor | null)[];
  #next = 0;

  constructor(
    node: Node,
    specs: readonly Spec[],
    windows: readonly TypedArray[],
    reused: readonly boolean[] = [],
  ) {
    this.#node = node;
    this.#specs = specs;
    this.#windows = windows;
    this.#reused = windows.map((window, leaf) =>
      reused[leaf] ? this.#tensor(leaf, window) : null,
    );
    this.#early = windows.map(() => null);
  }

  #tensor(leaf: number, data: TypedArray): Tensor {
    const { shape, dtype } = this.#specs[leaf]!;
    return new Tensor(shape, dtype, data);
  }

  #copy(leaf: number): Tensor {
    return this.#tensor(leaf, copyOf(this.#specs[leaf]!.dtype, this.#windows[leaf]!));
  }

  /** Copies a leaf for the next tree now, if there is memory for it; if there is none, `build` will say so. */
  copy(leaf: number): void {
    this.#early[leaf] = null;
    try {
      this.#early[leaf] = this.#copy(leaf);
    } catch {}
  }

  build(): unknown {
    this.#next = 0;
    return this.#build(this.#node);
  }

  #build({ kind, keys, parts }: Node): unknown {
    if (kind === "leaf") {
      const leaf = this.#next++;
      const tensor = this.#reused[leaf] ?? this.#early[leaf] ?? this.#copy(leaf);
      this.#early[leaf] = null;
      return tensor;
    }
    if (kind === "list") {
      const list: unknown[] = [];
      for (let i = 0; i < parts.length; i++) list.push(this.#build(parts[i]!));
      return list;
    }
    const record: Record<string, unknown> = {};
    for (let i = 0; i < keys.length; i++) record[keys[i]!] = this.#build(parts[i]!);
    return record;
  }
}

/** Walks trees of one structure. */
export class Signature {
  readonly structure: Structure;
  readonly node: Node;
  readonly specs: readonly Spec[];
  readonly #float: FloatType;
  #next = 0;

  constructor(structure: Structure, specs: readonly Spec[], float: FloatType) {
    this.structure = structure;
    this.node = nodeOf(structure);
    this.specs = specs;
    this.#float = float;
  }

  /** Whether a tree has this structure, and its leaves these specs. */
  matches(tree: unknown): boolean {
    this.#next = 0;
    return this.#matches(this.node, tree);
  }

  #matches({ kind, keys, parts }: Node, value: unknown): boolean {
    if (kind === "leaf") return fits(value, this.specs[this.#next++]!, this.#float);
    if (typeof value !== "object" || value === null || Array.isArray(value) !== (kind === "list"))
      return false;
    if (value instanceof Tensor || ArrayBuffer.isView(value)) return false;
    if (kind === "list") {
      const list = value as readonly unknown[];
      if (list.length !== parts.length) return false;
      for (let i = 0; i < parts.length; i++) if (!this.#matches(parts[i]!, list[i])) return false;
      return true;
    }
    let count = 0;
    for (const key in value) if (Object.hasOwn(value, key)) count++;
    if (count !== keys.length) return false;
    for (let i = 0; i < keys.length; i++) {
      const child = (value as Record<string, unknown>)[keys[i]!];
      if (child === undefined || !this.#matches(parts[i]!, child)) return false;
    }
    return true;
  }

  /** Copies the leaves of a tree that matches into memory, converting them. */
  write(tree: unknown, slots: readonly Slot[]): void {
    this.#next = 0;
    this.#write(this.node, tree, slots);
  }

  #write({ kind, keys, parts }: Node, value: unknown, slots: readonly Slot[]): void {
    if (kind === "leaf") {
      const slot = slots[this.#next++]!;
      if (typeof value === "number" || typeof value === "boolean") slot.view[0] = Number(value);
      else if (value instanceof Tensor) slot.setData(value.data);
      else slot.setArray(value as TypedArray);
      return;
    }
    for (let i = 0; i < parts.length; i++)
      this.#write(
        parts[i]!,
        kind === "list"
          ? (value as readonly unknown[])[i]
          : (value as Record<string, unknown>)[keys[i]!],
        slots,
      );
  }
}

/** What a value is, in a word or two; for an object, of which class. */
function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null)
    return String(value === null ? null : typeof value);
  return `an object of class ${value.constructor?.name ?? "unknown"}`;
}

/** The structure of a tree of leaves that are no tensors yet, in the order in which the engine visits them. */
function structureOf(value: unknown, leaves: unknown[]): Structure {
  const isLeaf =
    value instanceof Tensor ||
    ArrayBuffer.isView(value) ||
    typeof value === "number" ||
    typeof value === "boolean";
  if (isLeaf) {
    leaves.push(value);
    return null;
  }
  if (Array.isArray(value)) return value.map((part) => structureOf(part, leaves));
  const prototype = typeof value === "object" && value !== null && Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw compileError(
      `an argument has ${kindOf(value)} where tensors, typed arrays, numbers, booleans, arrays or plain objects of them are expected`,
    );
  const record = value as Record<string, unknown>;
  const parts = Object.keys(record)
    .sort()
    .map((key) => [key, structureOf(record[key], leaves)] as const);
  return Object.fromEntries(parts);
}

/** The signature of one argument. */
export function signatureOf(tree: unknown, float: FloatType): Signature {
  const leaves: unknown[] = [];
  const structure = structureOf(tree, leaves);
  return new Signature(
    structure,
    leaves.map((leaf) => specOf(leaf, float)),
    float,
  );
}
