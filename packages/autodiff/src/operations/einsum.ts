// einsum: products of tensors with named axes, summed over the names that the result lacks.
//
//   einsum("ij,jk->ik", a, b)[i, k] = Σⱼ a[i, j] b[j, k]
//
// Two operands at a time become one batched matmul: names are batch (in both and in the result), summed
// (in both only) or free (in one).
import { formatSpec } from "../array.ts";
import { toTensor } from "../primitives/cast.ts";
import { gather } from "../primitives/gather.ts";
import { matmul } from "../primitives/matmul.ts";
import { sum } from "../primitives/reduction.ts";
import { permute, reshape } from "../primitives/shape.ts";
import { Tensor, type TensorLike } from "../tensor.ts";

interface Named {
  readonly names: string;
  readonly x: Tensor;
}

const lengthOf = ({ names, x }: Named, name: string) => x.shape[names.indexOf(name)] as number;
const product = (lengths: readonly number[]) => lengths.reduce((a, b) => a * b, 1);

/** Axes in the order of `names`. */
const arrange = (operand: Named, names: string): Tensor =>
  permute(
    operand.x,
    [...names].map((name) => operand.names.indexOf(name)),
  );

/** Sums over the names that are not in `kept`. */
function reduceTo({ names, x }: Named, kept: string): Named {
  const axes = [...names].flatMap((name, axis) => (kept.includes(name) ? [] : [axis]));
  return {
    names: [...names].filter((name) => kept.includes(name)).join(""),
    x: axes.length === 0 ? x : sum(x, axes),
  };
}

/** A name that stands twice in one operand selects the diagonal. */
function diagonals(operand: Named): Named {
  const repeated = [...operand.names].find((name, i) => operand.names.indexOf(name) !== i);
  if (repeated === undefined) return operand;
  const others = [...operand.names].flatMap((name, axis) => (name === repeated ? [] : [axis]));
  const same = [...operand.names].flatMap((name, axis) => (name === repeated ? [axis] : []));
  const n = operand.x.shape[same[0] as number] as number;
  const rest = others.map((axis) => operand.x.shape[axis] as number);
  const flat = reshape(permute(operand.x, [...same, ...others]), [n ** same.length, ...rest]);
  const step = same.reduce((total, _, i) => total + n ** i, 0);
  const x = gather(
    flat,
    new Tensor(
      [n],
      "i32",
      Int32Array.from({ length: n }, (_, i) => i * step),
    ),
  );
  return { names: repeated + others.map((axis) => operand.names[axis]).join(""), x };
}

function contract(a: Named, b: Named, kept: string): Named {
  const [left, right] = [reduceTo(a, kept + b.names), reduceTo(b, kept + a.names)];
  const shared = [...left.names].filter((name) => right.names.includes(name));
  const batch = shared.filter((name) => kept.includes(name)).join("");
  const summed = shared.filter((name) => !kept.includes(name)).join("");
  const rows = [...left.names].filter((name) => !shared.includes(name)).join("");
  const columns = [...right.names].filter((name) => !shared.includes(name)).join("");
  const sizes = (operand: Named, names: string) =>
    [...names].map((name) => lengthOf(operand, name));
  const merged = (operand: Named, ...groups: string[]) =>
    reshape(
      arrange(operand, groups.join("")),
      groups.map((group) => product(sizes(operand, group))),
    );
  const y = matmul(merged(left, batch, rows, summed), merged(right, batch, summed, columns));
  return {
    names: batch + rows + columns,
    x: reshape(y, [...sizes(left, batch + rows), ...sizes(right, columns)]),
  };
}

/** The Einstein sum that `spec` names, e.g. "bij,bjk->bik"; without "->", the names that stand once, sorted. */
export function einsum(spec: string, ...xs: readonly TensorLike[]): Tensor {
  const match = /^([A-Za-z]*(?:,[A-Za-z]*)*)(?:->([A-Za-z]*))?$/.exec(spec.replace(/\s/g, ""));
  if (!match)
    throw new SyntaxError(
      `einsum: cannot read ${JSON.stringify(spec)}; expected letters, commas and at most one "->", as in "ij,jk->ik"`,
    );
  const inputs = (match[1] as string).split(",");
  if (inputs.length !== xs.length)
    throw new TypeError(
      `einsum: ${JSON.stringify(spec)} names ${inputs.length} operands, got ${xs.length}`,
    );
  const all = inputs.join("");
  const result =
    match[2] ??
    [...all]
      .filter((name) => all.split(name).length === 2)
      .sort()
      .join("");
  const lengths = new Map<string, number>();
  const operands = inputs.map((names, k): Named => {
    const x = toTensor("einsum", xs[k] as TensorLike);
    if (x.shape.length !== names.length)
      throw new RangeError(
        `einsum: operand ${k} is ${formatSpec(x)}, but ${JSON.stringify(names)} names ${names.length} axes`,
      );
    [...names].forEach((name, axis) => {
      const length = x.shape[axis] as number;
      if ((lengths.get(name) ?? length) !== length)
        throw new RangeError(
          `einsum: ${name} has lengths ${lengths.get(name)} and ${length} (operand ${k}, ${formatSpec(x)})`,
        );
      lengths.set(name, length);
    });
    return diagonals({ names, x });
  });
  const unknown = [...result].find((name, i) => !lengths.has(name) || result.indexOf(name) !== i);
  if (unknown !== undefined)
    throw new RangeError(
      `einsum: the result of ${JSON.stringify(spec)} names ${unknown}, which must stand there once and in an operand`,
    );
  const [first, ...rest] = operands as [Named, ...Named[]];
  let y = first;
  rest.forEach((operand, i) => {
    y = contract(
      y,
      operand,
      result +
        rest
          .slice(i + 1)
          .map(({ names }) => names)
          .join(""),
    );
  });
  return arrange(reduceTo(y, result), result);
}
