// Pointers that walk through buffers while loops run.
//
//   element (i0, i1, …) of a view lies at base + Σ iₖ·strides[k], in bytes
//
// The base is a constant of the instruction that reads or writes; views with equal strides share one pointer. The base
// counts from 0, or from where a thread has its blocks.
// Pointers never become negative: a view that walks backwards starts its pointer high and its base low.
import {
  brIf,
  type Expr,
  type FunctionBuilder,
  i32,
  ifThen,
  type Local,
  loop,
  op,
  set,
} from "../wasm/index.ts";

interface Walker {
  readonly strides: readonly number[];
  readonly isBlock: boolean;
  readonly pointer: Local;
}

/** Bytes per step along each axis of a nest, and the address of element 0. */
export interface Placement {
  readonly base: number;
  readonly strides: readonly number[];
  /** Whether the base counts from the thread's blocks. */
  readonly isBlock?: boolean;
}

const add = (x: Local, bytes: number): Expr => set(x, op("i32.add", x, i32(bytes)));

export class Walkers {
  readonly #fb: FunctionBuilder;
  readonly #lengths: readonly number[];
  readonly #blocks: Expr | null;
  readonly #walkers = new Map<string, Walker>();

  /** `blocks`: where the thread has its blocks. */
  constructor(fb: FunctionBuilder, lengths: readonly number[], blocks: Expr | null = null) {
    this.#fb = fb;
    this.#lengths = lengths;
    this.#blocks = blocks;
  }

  /** How far the pointer of a view that walks backwards starts from the view's base. */
  #start(strides: readonly number[]): number {
    return strides.reduce(
      (sum, stride, axis) => sum + Math.max(0, -stride) * (this.#lengths[axis]! - 1),
      0,
    );
  }

  /** The pointer and constant offset at which the view's current element lies. */
  at({ base, strides, isBlock = false }: Placement): { pointer: Expr; offset: number } {
    if (!isBlock && strides.every((stride) => stride === 0))
      return { pointer: i32(base), offset: 0 };
    const key = `${isBlock} ${strides}`;
    const walker = this.#walkers.get(key) ?? {
      strides,
      isBlock,
      pointer: this.#fb.local("at", "i32"),
    };
    this.#walkers.set(key, walker);
    return { pointer: walker.pointer, offset: base - this.#start(strides) };
  }

  /** Sets every pointer to the given indices along their axes, and to 0 along the others. Emit it after the loops are built. */
  start(indices: readonly (readonly [axis: number, index: Expr])[]): Expr[] {
    return [...this.#walkers.values()].map(({ strides, isBlock, pointer }) => {
      const from = isBlock ? [this.#blocks!] : [];
      const terms = indices.flatMap(([axis, index]) =>
        strides[axis] ? [op("i32.mul", index, i32(strides[axis]!))] : [],
      );
      const origin = this.#start(strides);
      const moved = [...from, ...terms];
      const all = origin === 0 && moved.length > 0 ? moved : [i32(origin), ...moved];
      return set(
        pointer,
        all.reduce((sum, term) => op("i32.add", sum, term)),
      );
    });
  }

  /**
   * Runs `body` `count` times, moving all pointers by `step` elements along `axis` after each; then `after`, at the
   * elements that follow; then moves the pointers back. Both are called once, and must ask for all their pointers.
   */
  loop(
    axis: number,
    count: number | Local,
    step: number,
    body: () => readonly Expr[],
    after: () => readonly Expr[] = () => [],
  ): Expr[] {
    const once = count === 0 ? [] : body();
    const rest = after();
    if (count === 0) return [...rest];
    if (count === 1 && rest.length === 0) return [...once];
    const moving = [...this.#walkers.values()].filter(({ strides }) => strides[axis]);
    const forward = moving.map(({ strides, pointer }) => add(pointer, strides[axis]! * step));
    if (count === 1) return [...once, ...forward, ...rest, ...this.#back(axis, i32(step))];
    const left = this.#fb.local("left", "i32");
    const label = `loop.${left.name}`;
    const again = [set(left, op("i32.sub", left, i32(1))), brIf(label, left)];
    const looping = loop(label, ...once, ...forward, ...again);
    if (typeof count === "number")
      return [set(left, i32(count)), looping, ...rest, ...this.#back(axis, i32(count * step))];
    return [
      ifThen(op("i32.gt_s", count, i32(0)), set(left, count), looping),
      ...rest,
      ...this.#back(axis, op("i32.mul", count, i32(step))),
    ];
  }

  /** Moves all pointers back along `axis`. */
  #back(axis: number, elements: Expr): Expr[] {
    return [...this.#walkers.values()].flatMap(({ strides, pointer }) => {
      const stride = strides[axis] ?? 0;
      if (stride === 0) return [];
      const bytes = op("i32.mul", elements, i32(stride));
      return [set(pointer, op("i32.sub", pointer, bytes))];
    });
  }
}
