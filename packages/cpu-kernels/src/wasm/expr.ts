// Expression trees. A node carries the type that it leaves on the stack, "none" for a statement.
//
//   op("f32x4.add", op("f32x4.mul", x, y), load("v128.load", address, { offset: 16 }))
//
// Called by everything that generates code. Nodes are immutable values: a node that stands at two places in a tree is
// encoded, and evaluated, twice. The operands of a node are checked against the table when it is made, so a
// mistake throws where it is written and names the instruction.

import {
  type AccessInstruction,
  type Instruction,
  type LaneAccessInstruction,
  type LaneInstruction,
  SIGNATURES,
  type Signature,
  type ValueType,
} from "./instructions.ts";
import { unsigned } from "./leb128.ts";
import type { Expr } from "./nodes.ts";

/** Throws unless the operands have the expected types. */
export function checkTypes(
  name: string,
  expected: readonly (ValueType | "none")[],
  operands: readonly Expr[],
): void {
  // Called for every node: nothing is allocated unless there is something to say.
  let i = 0;
  while (i < operands.length && operands[i]!.type === expected[i]) i++;
  if (i === operands.length && i === expected.length) return;
  const got = operands.map(({ type }) => type);
  throw new TypeError(
    `${name}: expected operands (${expected.join(", ")}), got (${got.join(", ")}); ` +
      "check their order, or convert them",
  );
}

function signatureOf(name: string): Signature {
  const signature = SIGNATURES.get(name);
  if (signature) return signature;
  throw new TypeError(`${name}: not in the table of instructions; add it to instructions.ts`);
}

const NONE: readonly number[] = [];

function plain(
  name: string,
  operands: readonly Expr[],
  immediates: readonly number[],
  text = "",
): Expr {
  const { code: opcode, operands: expected, result } = signatureOf(name);
  checkTypes(name, expected, operands);
  const code = immediates.length > 0 ? opcode.concat(immediates) : opcode;
  return { kind: "plain", type: result, text: name + text, code, operands };
}

/** An instruction without immediates, applied to its operands. */
export function op(name: Instruction, ...operands: Expr[]): Expr {
  return plain(name, operands, NONE);
}

/** An instruction on one lane: `lane("f32x4.extract_lane", 0, v)`, `lane("f32x4.replace_lane", 0, v, x)`. */
export function lane(name: LaneInstruction, index: number, ...operands: Expr[]): Expr {
  const lanes = Number(name.slice(name.indexOf("x") + 1, name.indexOf(".")));
  if (!(Number.isInteger(index) && index >= 0 && index < lanes))
    throw new RangeError(`${name}: expected a lane in [0, ${lanes}), got ${index}`);
  return plain(name, operands, [index], ` ${index}`);
}

/** Constant offset in bytes, [0, 2³²), and alignment in bytes, a power of two up to the natural one (the default). */
export interface Access {
  readonly offset?: number;
  readonly align?: number;
}

/** The alignment's exponent and the offset. */
function placeOf(name: string, { offset = 0, align }: Access): number[] {
  const natural = signatureOf(name).bytes;
  const bytes = align ?? natural;
  const exponent = Math.log2(bytes);
  if (bytes > natural || !Number.isInteger(exponent))
    throw new RangeError(`${name}: expected an alignment of 1 to ${natural} bytes, got ${bytes}`);
  return unsigned(offset, [exponent]);
}

/** The same as text: nothing where it says nothing. */
function placeText(name: string, { offset = 0, align }: Access): string {
  const isNatural = align === undefined || align === signatureOf(name).bytes;
  return (offset === 0 ? "" : ` offset=${offset}`) + (isNatural ? "" : ` align=${align}`);
}

/** Any access to memory, atomics included: `access("i32.atomic.rmw.add", [address, one])`. */
export function access(name: AccessInstruction, operands: readonly Expr[], at: Access = {}): Expr {
  return plain(name, operands, placeOf(name, at), placeText(name, at));
}

/** `load("v128.load32_splat", address, { offset: 4 })` */
export function load(name: AccessInstruction, address: Expr, at: Access = {}): Expr {
  return access(name, [address], at);
}

/** `store("f32.store", address, value)` */
export function store(name: AccessInstruction, address: Expr, value: Expr, at: Access = {}): Expr {
  return access(name, [address, value], at);
}

/** Loads into, or stores, one lane of a vector: `accessLane("v128.load32_lane", 2, address, vector)`. */
export function accessLane(
  name: LaneAccessInstruction,
  index: number,
  address: Expr,
  vector: Expr,
  at: Access = {},
): Expr {
  const lanes = 16 / signatureOf(name).bytes;
  if (!(Number.isInteger(index) && index >= 0 && index < lanes))
    throw new RangeError(`${name}: expected a lane in [0, ${lanes}), got ${index}`);
  const place = placeOf(name, at);
  place.push(index);
  return plain(name, [address, vector], place, `${placeText(name, at)} ${index}`);
}
