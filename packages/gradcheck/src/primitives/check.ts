// Checks the rules of one primitive at one point: evaluation, JVP, transpose, batching, nested to its order.
//
// Each derivative is checked along basis vectors, so that an error in one entry meets that entry's bound, and
// along one dense vector, in which all terms meet; of all inputs at once, and of each alone, when the other
// tangents are symbolic zeros.
import { evaluate, jvp, stack, Tensor, vjp, vmap } from "@cotangent/autodiff/functions";
import { ofSome } from "../higher.ts";
import { exact } from "../oracles/big.ts";
import { along, dense, flat, type RuleName, type Run, Site, type Tally, unflatten } from "./law.ts";
import type { Expected, PrimitiveCase, Truth } from "./truth.ts";

const basis = (n: number) =>
  Array.from({ length: n <= 6 ? n : 0 }, (_, i) =>
    Array.from({ length: n }, (_, j) => Number(i === j)),
  );
const text = (v: unknown) => JSON.stringify(v);

function checkDerivatives(site: Site, positions: readonly number[], order: number): void {
  const { truth, at } = site;
  const chosen = truth.wrt.flatMap((i) =>
    Array.from(at.inputs[i]!.data, () => positions.includes(i)),
  );
  const [n, m] = [truth.point.length, truth.value.length];
  const x = positions.map((i) => at.inputs[i]!);
  const f = site.of(positions);
  const restrict = (v: readonly number[]) => v.filter((_, c) => chosen[c]);
  const masked = (v: readonly number[]) => v.map((vc, c) => (chosen[c] ? vc : 0));
  const others = Array.from({ length: order - 1 }, (_, k) => masked(dense(n, k + 2)));
  for (const v of [dense(n, 1), ...basis(n).filter((_, c) => chosen[c])]) {
    const directions = [...others, masked(v)];
    const run = () => flat(along(f, directions.map(restrict))(...x));
    site.compare("jvp", order, ` along ${text(directions)}`, run, () => truth.forward(directions));
  }
  for (const u of [dense(m, 1), ...basis(m)]) {
    const run = () => {
      const [y, pull] = vjp(along(f, others.map(restrict)), x);
      return flat(pull(unflatten(u, y)));
    };
    const want = () => truth.reverse(u, others).filter((_, c) => chosen[c]);
    const detail = ` back from ${text(u)} along ${text(others)}`;
    site.compare("transpose", order, detail, run, want);
    if (order < 2) continue;
    // Forward over reverse: the factors of the transposed map are themselves differentiated.
    const pullBack: Run = (...at) => {
      const [y, pull] = vjp(along(f, others.slice(1).map(restrict)), at);
      return [...pull(unflatten(u, y))];
    };
    const forward = () => flat(along(pullBack, [restrict(others[0]!)])(...x));
    site.compare("transpose", order, `${detail}, the first of these last`, forward, want);
  }
}

/** Two members: the case itself, and it with the elements of every mapped input in reverse. */
function checkBatches(site: Site, isMapped: readonly boolean[]): void {
  const { truth, at } = site;
  const { wrt } = truth;
  const members = [0, 1].map((k) =>
    at.inputs.map((x, i) =>
      k === 1 && isMapped[i] ? new Tensor(x.shape, x.dtype, x.data.slice().reverse()) : x,
    ),
  );
  const tangents = members.map((inputs, k) =>
    inputs.map((x, i) => unflatten(dense(x.size, isMapped[i] ? i + k : i), [x])[0]!),
  );
  const batch = ([first, second]: readonly (readonly Tensor[])[]) =>
    first!.map((x, i) => (isMapped[i] ? stack([x, second![i]!]) : x));
  const axes = isMapped.map((mapped) => (mapped ? 0 : null));
  const all = [...axes.keys()];
  const mapped = vmap(site.of(all), axes);
  const part = (k: number, ys: readonly Tensor[]) =>
    ys.flatMap((y) => Array.from(y.data).slice((k * y.size) / 2, ((k + 1) * y.size) / 2));
  const derivative = (f: Run, x: readonly Tensor[], xDot: readonly Tensor[]) => {
    const [at, along] = [x, xDot].map((list) => wrt.map((i) => list[i]!));
    return jvp(
      ofSome((all) => f(...all), x, wrt),
      at!,
      along!,
    )[1];
  };
  members.forEach((inputs, k) => {
    const detail = ` as member ${k}, mapped over ${text(axes)}`;
    const alone = () => (k === 0 ? truth.value : near(flat(site.of(all)(...inputs))));
    site.compare("batch", 0, detail, () => part(k, mapped(...batch(members))), alone);
    if (truth.order === 0) return;
    const f: Run = (...x) => [...mapped(...x)];
    const run = () => part(k, derivative(f, batch(members), batch(tangents)));
    const loop = () => near(flat(derivative(site.of(all), inputs, tangents[k]!)));
    site.compare("batch", 1, detail, run, loop);
  });
}

/** What the primitive itself gives without a batch, to rounding of the largest. */
function near(values: readonly number[]): Expected[] {
  const largest = Math.max(0, ...values.map(Math.abs).filter(Number.isFinite));
  const bound = exact(largest).times(values.length + 1);
  return values.map((value) => ({ value: exact(value), bound }));
}

/** Every choice of at least one of `count` things. */
const subsets = (count: number): boolean[][] =>
  Array.from({ length: 2 ** count - 1 }, (_, bits) =>
    Array.from({ length: count }, (_, i) => (((bits + 1) >> i) & 1) === 1),
  );

/** Adds to the tally what one case finds, until it `isEnough`. */
export function checkCase(
  tally: Tally,
  at: PrimitiveCase,
  truth: Truth,
  isEnough: () => boolean,
  rules: readonly RuleName[],
): void {
  const site = new Site(tally, at, truth);
  const { wrt, order, graph } = truth;
  const value = () => flat(evaluate(graph, at.inputs) as Tensor[]);
  site.compare("evaluation", 0, "", value, () => truth.value);
  const hasDerivatives = rules.includes("jvp") || rules.includes("transpose");
  // A higher order says nothing where a lower one fails already.
  const failuresBefore = tally.failures.length;
  for (let k = 1; k <= order && tally.failures.length === failuresBefore; k++)
    for (const positions of wrt.length > 1 ? [wrt, ...wrt.map((i) => [i])] : [wrt])
      if (!isEnough() && hasDerivatives) checkDerivatives(site, positions, k);
  for (const isMapped of rules.includes("batch") ? subsets(at.inputs.length) : [])
    if (!isEnough()) checkBatches(site, isMapped);
}
