// bigEvaluate runs a traced graph in BigNumber arithmetic: the truth that derivatives are held to.
//
//   graph, x → f(x) to 64 digits
//
// It shares no code with the engine: what each primitive means is written again in functions.ts and
// structure.ts, from the mathematics. Floats of either dtype are real numbers here; integers wrap.
import { type Atom, type Graph, type Params, Tensor } from "@cotangent/autodiff/functions";
import { misuse } from "../errors.ts";
import { type BigArray, broadcastAt, build } from "./arrays.ts";
import { type Big, bigClass, classOf, exact } from "./big.ts";
import { binary, unary } from "./functions.ts";
import { type Definition, structure, toDtype } from "./structure.ts";

/** Definitions of primitives that are not the engine's, by name. */
export type Definitions = Readonly<Record<string, Definition>>;

const elementwise =
  (f: (...x: Big[]) => Big): Definition =>
  (inputs, { shape, dtype }) => {
    const apply = (...x: Big[]) => toDtype(f(...x), dtype);
    if (inputs.every((x) => `${x.shape}` === `${shape}`))
      return inputs[0]!.data.map((_, i) => apply(...inputs.map((x) => x.data[i]!)));
    return build(shape, (index) => apply(...inputs.map((x) => broadcastAt(x, index))));
  };

const definitions = new Map<string, Definition>(Object.entries(structure));
for (const [name, f] of Object.entries({ ...unary, ...binary }))
  definitions.set(name, elementwise(f as (...x: Big[]) => Big));

/** The primitives that have a definition here; `call` runs its forward graph. */
export const defined: ReadonlySet<string> = new Set([...definitions.keys(), "call"]);

function definitionOf(name: string, own: Definitions): Definition {
  const definition = own[name] ?? definitions.get(name);
  if (definition) return definition;
  throw misuse`bigEvaluate: no definition of the primitive "${name}" in BigNumber arithmetic; expected one of the engine's: give it as { ${name}: (inputs, output, params) => … }`;
}

/**
 * The outputs of `graph`, flat and row-major, from its inputs likewise.
 *
 * It computes with the digits of the inputs (64 when there is none). Throws for a primitive without a
 * definition, which `own` may give.
 */
export function bigEvaluate(
  graph: Graph,
  inputs: readonly (readonly Big[])[],
  own: Definitions = {},
): Big[][] {
  const Class = inputs.flat()[0] ? classOf(inputs.flat()[0]!) : bigClass();
  const zero = new Class(0);
  const values = new Map<Atom, BigArray>();
  graph.inputs.forEach((x, i) => values.set(x, { ...x, data: inputs[i]! }));
  const read = (atom: Atom): BigArray => {
    const known = values.get(atom);
    if (known || !(atom instanceof Tensor)) return known!;
    const data = Array.from(atom.data, (x) => exact(x, Class.precision));
    const constant = { shape: atom.shape, dtype: atom.dtype, data };
    values.set(atom, constant);
    return constant;
  };
  for (const { primitive, inputs: atoms, params, outputs } of graph.equations) {
    const given = atoms.map(read);
    const data = given.map((x) => x.data);
    const results =
      primitive.name === "call"
        ? bigEvaluate(calleeOf(params), data, own)
        : [definitionOf(primitive.name, own)(given, { ...outputs[0]!, zero }, params)];
    outputs.forEach(({ shape, dtype }, i) =>
      values.set(outputs[i]!, { shape, dtype, data: results[i]! }),
    );
  }
  return graph.outputs.map((y) => [...read(y).data]);
}

const calleeOf = (params: Params): Graph => (params.forward as { graph(): Graph }).graph();
