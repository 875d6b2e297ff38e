// Laws of the engine, in the browser, over the table of cases that its own tests use.
import { jvp, type Tensor, tensor, vjp } from "@cotangent/autodiff";
import { caseEntries } from "../../../packages/autodiff/test/cases.ts";
import { type Case, differentiable } from "../../../packages/autodiff/test/support/case.ts";

/** What holds of one primitive, as numbers; the tests judge them. */
export interface PrimitiveReport {
  readonly name: string;
  readonly cases: number;
  /** Results of the cases, to be compared with another runtime's. */
  readonly results: readonly (readonly number[])[];
  /** max |⟨w, Jv⟩ − ⟨Jᵀw, v⟩| / Σ|wᵢ(Jv)ᵢ| over the smooth cases; 0 when there is none. */
  readonly pairing: number;
}

/** Every case of every primitive, evaluated and paired. */
export function primitives(): PrimitiveReport[] {
  return caseEntries.map(([name, cases]) => ({
    name,
    cases: cases.length,
    results: cases.map(({ run, inputs }) => Array.from(run(...inputs).data, Number)),
    pairing: Math.max(0, ...cases.map(pairing)),
  }));
}

function pairing(example: Case): number {
  const parts = example.smooth === false ? null : differentiable(example);
  if (parts === null) return 0;
  const { f, x } = parts;
  if (x.some(({ dtype }) => dtype !== "f64")) return 0;
  const v = x.map((input, i) => signs(input, i + 1));
  const [y, yDot] = jvp(f, x as Tensor[], v);
  const w = signs(y, 7);
  const [, pullback] = vjp(f, x as Tensor[]);
  const xBar = pullback(w);
  const left = dot(w, yDot);
  const right = v.map((vi, i) => dot(vi, (xBar as Tensor[])[i]!));
  const terms = left.terms + right.reduce((total, { terms }) => total + terms, 0);
  const difference = left.value - right.reduce((total, { value }) => total + value, 0);
  return terms === 0 ? 0 : Math.abs(difference) / terms;
}

/** Signed numbers of no pattern that a wrong rule could share: aᵢ = sin(i² + seed). */
function signs(like: Tensor, seed: number): Tensor {
  const values = Array.from({ length: like.size }, (_, i) => Math.sin((i + 1) ** 2 + seed));
  return tensor(values, { shape: like.shape, dtype: like.dtype });
}

function dot(a: Tensor, b: Tensor): { value: number; terms: number } {
  let [value, terms] = [0, 0];
  for (let i = 0; i < a.size; i++) {
    const term = Number(a.data[i]) * Number(b.data[i]);
    value += term;
    terms += Math.abs(term);
  }
  return { value, terms };
}
