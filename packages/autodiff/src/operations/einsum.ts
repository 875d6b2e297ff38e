// einsum: products of tensors with named axes, summed over the names that the result lacks.
//
//   einsum("ij,jk->ik", a, b)[i, k] = Σⱼ a[i, j] b[j, k]
//
// Two operands at a time become one batched matmul: names are batch (in both and in the result), summed
// (in both only) or free (in one).
import { sizeOf } from "../array.ts";
import { fail } from "../errors.ts";
import { toTensor } from "../primitives/cast.ts";
import { gather } from "../primitives/gather.ts";
import { matmul } from "../primitives/matmul.ts";
import { sum } from "../primitives/reduction.ts";
import { permute, reshape } from "../primitives/shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { arange } from "./creation.ts";

interface Named {
  readonly names: readonly string[];
  readonly x: Tensor;
}

const sizes = ({ names, x }: Named, of: readonly string[]) =>
  of.map((name) => x.shape[names.indexOf(name)]!);
const arrange = ({ names, x }: Named, order: readonly string[]): Tensor =>
  permute(
    x,
    order.map((name) => names.indexOf(name)),
  );

/** Sums over the names that are not in `kept`. */
function reduceTo({ names, x }: Named, kept: readonly string[]): Named {
  const axes = [...names.keys()].filter((axis) => !kept.includes(names[axis]!));
  return { names: names.filter((name) => kept.includes(name)), x: axes.length ? sum(x, axes) : x };
}

/** A name that stands twice in one operand selects the diagonal. */
function diagonal({ names, x }: Named): Named {
  const second = names.findIndex((name, axis) => names.indexOf(name) !== axis);
  if (second < 0) return { names, x };
  const first = names.indexOf(names[second]!);
  const others = [...names.keys()].filter((axis) => axis !== first && axis !== second);
  const n = x.shape[first]!;
  const square = permute(x, [first, second, ...others]);
  const flat = reshape(square, [n * n, ...square.shape.slice(2)]);
  const entries = arange(0, n * n, n + 1, { dtype: "i32" });
  return diagonal({
    names: [first, ...others].map((axis) => names[axis]!),
    x: gather(flat, entries),
  });
}

function contract(a: Named, b: Named, kept: readonly string[]): Named {
  const left = reduceTo(a, [...kept, ...b.names]);
  const right = reduceTo(b, [...kept, ...a.names]);
  const shared = left.names.filter((name) => right.names.includes(name));
  const batch = shared.filter((name) => kept.includes(name));
  const summed = shared.filter((name) => !kept.includes(name));
  const rows = left.names.filter((name) => !shared.includes(name));
  const columns = right.names.filter((name) => !shared.includes(name));
  const merged = (operand: Named, groups: readonly string[][]) =>
    reshape(
      arrange(operand, groups.flat()),
      groups.map((group) => sizeOf(sizes(operand, group))),
    );
  const y = matmul(merged(left, [batch, rows, summed]), merged(right, [batch, summed, columns]));
  const shape = [...sizes(left, [...batch, ...rows]), ...sizes(right, columns)];
  return { names: [...batch, ...rows, ...columns], x: reshape(y, shape) };
}

/** The Einstein sum that `spec` names, e.g. "bij,bjk->bik"; without "->", the names that stand once, sorted. */
export function einsum(spec: string, ...xs: readonly TensorLike[]): Tensor {
  const match = /^([A-Za-z,]*)(?:->([A-Za-z]*))?$/.exec(spec.replace(/\s/g, ""));
  if (!match)
    throw fail`einsum: got ${JSON.stringify(spec)}, expected letters, commas and at most one "->", as in "ij,jk->ik"`;
  const inputs = match[1]!.split(",");
  const all = [...inputs.join("")];
  const once = all.filter((name) => all.indexOf(name) === all.lastIndexOf(name)).sort();
  const result = match[2] === undefined ? once : [...match[2]];
  const lengths = new Map<string, number>();
  const operands = xs.map((given, k): Named => {
    const x = toTensor("einsum", given);
    const names = [...(inputs[k] ?? "")];
    if (names.length !== x.shape.length || inputs.length !== xs.length)
      throw fail`einsum: operand ${k} is ${x}; expected ${inputs.length} operands with the axes ${spec}`;
    names.forEach((name, axis) => {
      if ((lengths.get(name) ?? x.shape[axis]) !== x.shape[axis])
        throw fail`einsum: ${name} has length ${x.shape[axis]} in operand ${k}, ${x}; expected ${lengths.get(name)}`;
      lengths.set(name, x.shape[axis]!);
    });
    return diagonal({ names, x });
  });
  const wrong = result.find((name, i) => !lengths.has(name) || result.indexOf(name) !== i);
  if (wrong)
    throw fail`einsum: the result of ${spec} names ${wrong}; expected each name once, and in an operand`;
  const y = operands.reduce((left, right, k) =>
    contract(left, right, [...result, ...operands.slice(k + 1).flatMap(({ names }) => names)]),
  );
  return arrange(reduceTo(y, result), result);
}
