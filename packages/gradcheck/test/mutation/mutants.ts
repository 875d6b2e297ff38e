// Wrong rules, made from right ones: each mutant changes one rule of one primitive in one way.
import {
  add,
  astype,
  equal,
  mul,
  notEqual,
  type Primitive,
  stopGradient,
  type Tangent,
  Tensor,
  where,
  zeros,
} from "@cotangent/autodiff";
import { registry } from "@cotangent/autodiff/registry";
import type { Rules } from "@cotangent/autodiff/testing";

export interface Mutant {
  /** `mul.jvp: negated` */
  readonly name: string;
  readonly primitive: Primitive;
  readonly rule: "jvp" | "transpose" | "batch";
  readonly patch: (rules: Rules) => Partial<Rules>;
}
type Jvp = Rules["jvp"];
type Transpose = Rules["transpose"];
type Batch = Rules["batch"];
type Kinds<R> = Readonly<Record<string, (rule: R) => R>>;

const words = (text: string) => new Set(text.split(" "));
/** Their outputs are no floats: there is no tangent to be wrong. */
const discrete = words("less lessEqual equal notEqual shiftRight argmax argsort threefry");
/** Their tangent is zero by definition. */
const constant = words("sign floor ceil round stopGradient");
const linear = words(
  "neg add sub mul div where reshape sum broadcastTo astype gather scatterAdd matmul cumsum permute concat slice pad call",
);
const severalInputs = words(
  "add sub mul div pow mod atan2 maximum less lessEqual equal notEqual shiftRight where concat gather scatterAdd matmul threefry call",
);
const broadcasting = words("add sub mul div where matmul broadcastTo");
/** Linear in one input with a factor that may itself depend on what is differentiated. */
const withFactor = words("mul div matmul where gather scatterAdd call");
/** Elementwise: where x has the boundary's value, y is wrong; elsewhere the last element of y is. */
const boundaries: Readonly<Record<string, number>> = {
  log: 1,
  sqrt: 1,
  asin: 0.99,
  acos: -0.7,
  round: 0.5,
};
const structural = words(
  "where reshape sum max broadcastTo astype gather scatterAdd matmul cumsum permute concat slice pad call",
);

const isFloat = ({ dtype }: { readonly dtype: string }) => dtype === "f64" || dtype === "f32";
const times = (factor: number) => (x: Tangent) => x && mul(x, factor);

/** 1 at the last element, 0 elsewhere. */
function lastOne({ shape, dtype, size }: Tensor): Tensor {
  const data = zeros(shape, { dtype }).data.slice();
  if (size > 0) data[size - 1] = 1;
  return new Tensor(shape, dtype, data);
}
const wrongAtLast = (x: Tangent) => x && add(x, mul(x, mul(0.5, lastOne(x))));

const onTangents =
  (change: (yDot: Tangent, i: number, x: readonly Tensor[], xDot: readonly Tangent[]) => Tangent) =>
  (jvp: Jvp): Jvp =>
  (x, xDot, params) => {
    const { outputs, tangents } = jvp(x, xDot, params);
    return { outputs, tangents: tangents.map((yDot, i) => change(yDot, i, x, xDot)) };
  };
const wrongWhere = (boundary: number) =>
  onTangents((yDot, _i, [x], xDot) => {
    const moving = xDot.find((given) => given !== null)!;
    const wrong = where(equal(x!, boundary), mul(0.5, moving), 0);
    return yDot ? add(yDot, wrong) : wrong;
  });

const jvpKinds: Kinds<Jvp> = {
  "× 1.001": onTangents(times(1.001)),
  negated: onTangents(times(-1)),
  zero: onTangents(() => null),
  "second-order term dropped": (jvp) => (x, xDot, params) => ({
    outputs: jvp(x, xDot, params).outputs,
    tangents: jvp(
      x.map((xi) => (isFloat(xi) ? stopGradient(xi) : xi)),
      xDot,
      params,
    ).tangents,
  }),
};
const swappedTangents =
  (jvp: Jvp): Jvp =>
  (x, xDot, params) =>
    jvp(x, [...xDot].reverse(), params);

const onCotangents =
  (change: (xBar: Tangent) => Tangent) =>
  (transpose: Transpose): Transpose =>
  (...args) =>
    transpose(...args).map(change);

/** 1 where every axis along which `shape` was stretched is at its first place. */
function firstOf(yBar: Tensor, shape: readonly number[]): Tensor {
  const data = zeros(yBar.shape, yBar).data.slice();
  const offset = yBar.shape.length - shape.length;
  data.forEach((_, position) => {
    let rest = position;
    let isFirst = true;
    for (let axis = yBar.shape.length - 1; axis >= 0; axis--) {
      const index = rest % yBar.shape[axis]!;
      rest = Math.floor(rest / yBar.shape[axis]!);
      const isStretched = axis < offset || (shape[axis - offset] === 1 && yBar.shape[axis] !== 1);
      if (isStretched && index > 0) isFirst = false;
    }
    data[position] = Number(isFirst);
  });
  return new Tensor(yBar.shape, yBar.dtype, data);
}
/** matmul stretches its leading axes alone. */
const stretched = (name: string, shape: readonly number[], yBar: Tensor) =>
  name === "matmul" ? [...shape.slice(0, -2), ...yBar.shape.slice(-2)] : shape;
const sumDropped =
  (name: string) =>
  (transpose: Transpose): Transpose =>
  (yBars, inputs, params) =>
    inputs.map((x, i) => {
      const bars = yBars.map(
        (yBar) => yBar && mul(yBar, firstOf(yBar, stretched(name, x.shape, yBar))),
      );
      return transpose(bars, inputs, params)[i]!;
    });

const transposeKinds: Kinds<Transpose> = {
  "× 1.001": onCotangents(times(1.001)),
  negated: onCotangents(times(-1)),
  zero: onCotangents(() => null),
  "wrong at the last element": onCotangents(wrongAtLast),
};
const swappedCotangents =
  (transpose: Transpose): Transpose =>
  (...args) =>
    transpose(...args).toReversed();
const factorStopped =
  (transpose: Transpose): Transpose =>
  (yBars, inputs, params) =>
    transpose(
      yBars,
      inputs.map((x) => (x instanceof Tensor && isFloat(x) ? stopGradient(x) : x)),
      params,
    );

const onBatches =
  (change: (y: Tensor) => Tensor) =>
  (batch: Batch): Batch =>
  (...args) =>
    batch(...args).map(change);
const nothing = (y: Tensor) => astype(zeros(y.shape), y.dtype);
const wrongLast = (y: Tensor) =>
  y.dtype === "bool" ? notEqual(y, lastOne(y)) : add(y, lastOne(y));

const batchKinds: Kinds<Batch> = {
  zero: onBatches(nothing),
  "wrong at the last element": onBatches(wrongLast),
};
const floatBatchKinds: Kinds<Batch> = {
  "× 1.001": onBatches((y) => (isFloat(y) ? mul(y, 1.001) : y)),
  negated: onBatches((y) => (isFloat(y) ? mul(y, -1) : y)),
  "second-order term dropped": onBatches((y) => (isFloat(y) ? stopGradient(y) : y)),
};
const severalBatchKinds: Kinds<Batch> = {
  "operands swapped": (batch) => (x, mapped, size, params) =>
    batch([...x].reverse(), [...mapped].reverse(), size, params),
  "broadcast dropped": (batch) => (x, mapped, size, params) =>
    batch(
      x,
      mapped.map(() => true),
      size,
      params,
    ),
};

/** Every mutant of every rule that there is. */
export function mutants(): Mutant[] {
  return [...registry.values()].flatMap((primitive) => {
    const { name } = primitive;
    const made: Mutant[] = [];
    const push = <K extends Mutant["rule"]>(rule: K, kinds: Kinds<Rules[K]>) => {
      for (const [kind, change] of Object.entries(kinds))
        made.push({
          name: `${name}.${rule}: ${kind}`,
          primitive,
          rule,
          patch: (rules) => ({ [rule]: change(rules[rule]) }),
        });
    };
    const isSeveral = severalInputs.has(name);
    if (!discrete.has(name)) {
      if (!constant.has(name)) push("jvp", jvpKinds);
      if (!constant.has(name) && isSeveral) push("jvp", { "operands swapped": swappedTangents });
      const boundary = structural.has(name)
        ? onTangents(wrongAtLast)
        : wrongWhere(boundaries[name] ?? 0);
      push("jvp", { "wrong at one point": boundary });
    }
    if (linear.has(name)) push("transpose", transposeKinds);
    if (linear.has(name) && isSeveral) push("transpose", { "operands swapped": swappedCotangents });
    if (withFactor.has(name)) push("transpose", { "second-order term dropped": factorStopped });
    if (broadcasting.has(name)) push("transpose", { "broadcast sum dropped": sumDropped(name) });
    push("batch", { ...batchKinds, ...(discrete.has(name) ? {} : floatBatchKinds) });
    if (isSeveral) push("batch", severalBatchKinds);
    return made;
  });
}
