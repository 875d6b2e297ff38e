// Products of what repeats: rows that are equal are multiplied once, terms with an equal factor are added first.
//
//   matmul(broadcast a, w) = broadcast(matmul(a, w))      Σᵢ a[m,i]·b[i,n] = Σ_q (Σ_r a[m, q·R + r])·b[q·R, n]
//
// Where one tangent serves a whole batch, as a basis vector does that is pushed through all samples, the products of the
// first layer and of its gradient are such. The sums keep NaN and ∞; beyond the range of numbers they make their own.
import { type Atom, Tensor, type TypedArray } from "@cotangent/autodiff";
import { sizeOf } from "../schedule/shapes.ts";
import { isConstant, isFloat, type Rewriter, type Rule } from "./rewrite.ts";

/** In shorter runs a kernel more costs what it saves: in runs of 16, two columns take as long either way, ten a third. */
const SHORTEST = 16;

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

const runs = new WeakMap<Tensor, Map<number, number>>();

/** The largest r such that along an axis elements come in runs of r that are the same to the bit. Looked for once. */
function runOf(x: Tensor, axis: number): number {
  const known = runs.get(x) ?? new Map<number, number>();
  const run = known.get(axis) ?? findRun(x, axis);
  runs.set(x, known.set(axis, run));
  return run;
}

/** By a loop over words of 32 bits, as `constantValue` has it. Most arrays are told by their first two elements. */
function findRun({ shape, dtype, data }: Tensor, axis: number): number {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT: bytes }: TypedArray = data;
  if (!isFloat(dtype)) return 1;
  const words = new Int32Array(buffer, byteOffset, byteLength / 4);
  const length = shape[axis]!;
  const inner = (sizeOf(shape.slice(axis + 1)) * bytes) / 4;
  let run = length;
  for (let from = 0; from < words.length; from += length * inner)
    for (let i = 1; i < length; i++) {
      const start = from + i * inner;
      for (let at = start; at < start + inner; at++)
        if (words[at] !== words[at - inner]) {
          run = divisor(run, i);
          break;
        }
      if (run === 1) return 1;
    }
  return run;
}

/** The first element of each run along an axis. */
function firstOfRuns({ shape, dtype, data }: Tensor, axis: number, run: number): Tensor {
  const inner = sizeOf(shape.slice(axis + 1));
  const fewer = shape.with(axis, shape[axis]! / run);
  const first = data.slice(0, sizeOf(fewer));
  for (let to = 0; to < first.length; to += inner)
    first.set(data.subarray(to * run, to * run + inner), to);
  return new Tensor(fewer, dtype, first);
}

/** An atom of the same rank, with length 1 along those of the axes along which it repeats. */
function narrowed(atom: Atom, axes: readonly number[], at: Rewriter): Atom {
  if (isConstant(atom))
    return axes.reduce((x: Tensor, axis) => {
      const length = x.shape[axis]!;
      return length > 1 && runOf(x, axis) === length ? firstOfRuns(x, axis, length) : x;
    }, atom);
  const { shape } = atom;
  const from = at.madeBy(atom, "broadcastTo")?.inputs[0];
  if (from?.shape.length !== shape.length) return atom;
  const target = shape.map((length, axis) => (axes.includes(axis) ? from.shape[axis]! : length));
  return `${target}` === `${shape}` ? atom : at.apply("broadcastTo", [from], { shape: target });
}

/** Every axis but the one along which a product sums. */
const free = ({ shape }: Atom, summed: number): number[] =>
  shape.map((_, axis) => axis).filter((axis) => axis !== shape.length + summed);

const isMatrix = ({ shape }: Atom): boolean => shape.length >= 2 && sizeOf(shape) > 0;

/** Equal rows, columns and members of a batch are multiplied once. */
export const equalRows: Rule = ({ primitive, inputs: [a, b], params, outputs: [out] }, at) => {
  if (!isMatrix(a!) || !isMatrix(b!)) return null;
  const few = [narrowed(a!, free(a!, -1), at), narrowed(b!, free(b!, -2), at)];
  const [product] = primitive.shape(few, params);
  if (`${product!.shape}` === `${out!.shape}`) return null;
  return [at.apply("broadcastTo", [at.apply("matmul", few)], { shape: out!.shape })];
};

/** A matrix whose rows (axis 0) or columns (axis 1) are added up in runs. */
function addedUp(x: Atom, axis: number, run: number, at: Rewriter): Atom {
  const { inputs: [turned] = [], params } = at.madeBy(x, "permute") ?? {};
  if (turned && `${params!.axes}` === "1,0")
    return at.apply("permute", [addedUp(turned, 1 - axis, run, at)], { axes: [1, 0] });
  const shape = x.shape.toSpliced(axis, 1, x.shape[axis]! / run, run);
  return at.apply("sum", [at.apply("reshape", [x], { shape })], { axes: [axis + 1] });
}

/** Terms with an equal, constant and finite factor are added up before they are multiplied. */
export const equalFactors: Rule = ({ inputs }, at) => {
  if (!inputs.every((x) => x.shape.length === 2 && sizeOf(x.shape) > 0)) return null;
  for (let i = 0; i < 2; i++) {
    const [constant, other] = [inputs[i]!, inputs[1 - i]!];
    const axis = 1 - i; // Along which the constant is summed; the other one along `i`.
    if (!isConstant(constant) || constant.shape[i]! < 2) continue;
    const run = runOf(constant, axis);
    const few = run >= SHORTEST ? firstOfRuns(constant, axis, run) : null;
    if (!few?.data.every(Number.isFinite)) continue;
    const pair = [few, addedUp(other, i, run, at)];
    return [at.apply("matmul", i === 0 ? pair : pair.reverse())];
  }
  return null;
};
