/**
 * A plain explanation of each objective, for readers of the report.
 *
 * Formulas are HTML with Unicode mathematics; every expectation is over data, noise and directions.
 */

/** One objective in words: its title, its per-sample value as HTML, and what it trades. */
export interface Explanation {
  readonly title: string;
  readonly formula: string;
  readonly text: string;
}

const explanations: { readonly [name: string]: Explanation } = {
  implicit: {
    title: "Implicit",
    formula: "E[ tr <i>J</i> + ½‖<i>s</i>(<i>x</i>)‖² ]",
    text:
      "Integration by parts (Hyvärinen 2005) trades the unknown ∇log p for the trace of the " +
      "score’s Jacobian J = ∂s/∂x. For a multilayer perceptron the trace is a small tensor " +
      "contraction, so it is exact here and costs about one projection.",
  },
  sliced: {
    title: "Sliced",
    formula: "E[ <i>v</i>ᵀ<i>J</i><i>v</i> + ½(<i>v</i>·<i>s</i>(<i>x</i>))² ]",
    text:
      "Compares the two fields along one random direction v per point (Song et al. 2019). " +
      "Needs a single Jacobian-vector product in any dimension; the price is variance.",
  },
  "sliced-reduced": {
    title: "Sliced, reduced",
    formula: "E[ <i>v</i>ᵀ<i>J</i><i>v</i> + ½‖<i>s</i>(<i>x</i>)‖² ]",
    text:
      "Sliced, with the square averaged over directions in closed form. Same cost, and " +
      "usually less variance.",
  },
  denoising: {
    title: "Denoising",
    formula: "E[ ½‖<i>s</i>(<i>x</i> + σ<i>ε</i>) + <i>ε</i>/σ‖² ]",
    text:
      "Adds Gaussian noise and learns to point back (Vincent 2011). No Jacobian at all. What it " +
      "learns is the score of the blurred density q = p ∗ N(0, σ²I): the difference from ∇log p " +
      "is a bias that no amount of training removes, and that a smaller σ buys down with variance.",
  },
  "finite-difference": {
    title: "Finite difference",
    formula:
      "E[ ⅛‖<i>s</i>₊ + <i>s</i>₋‖² + (<i>d</i>/2<i>e</i>²)(<i>s</i>₊ − <i>s</i>₋)·<i>v̂</i> ] " +
      "with <i>s</i>± = <i>s</i>(<i>x</i> ± <i>v̂</i>), ‖<i>v̂</i>‖ = <i>e</i>",
    text:
      "Replaces the Jacobian-vector product of the reduced objective by two evaluations a small " +
      "step e apart (Pang et al. 2020), so first-order differentiation is enough.",
  },
};

/** The explanation of an objective; an unknown name explains itself by its name alone. */
export function explain(name: string): Explanation {
  return explanations[name] ?? { title: name, formula: "", text: "" };
}
