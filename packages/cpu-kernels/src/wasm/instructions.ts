// The instructions of WebAssembly that this package emits, by the names of its text format.
//
// A row is a signature and the instructions that have it, each with its opcode in hexadecimal: two digits are the
// opcode itself, more are a prefix byte (fc saturation and bulk memory, fd SIMD, fe atomics) and the number behind it.
// The tables are text, and TypeScript reads the names from them: a name that is not listed does not compile.
// Source: WebAssembly core specification 2.0, appendix "Index of Instructions"; relaxed SIMD and threads proposals.

import { unsigned } from "./leb128.ts";
import { ACCESS, LANE_ACCESS } from "./memory-instructions.ts";
import { SCALAR } from "./scalar-instructions.ts";

export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

const VECTOR = {
  "v128 -> v128": `
    v128.not:fd4d  i8x16.abs:fd60  i8x16.neg:fd61  i32x4.abs:fda0  i32x4.neg:fda1  i64x2.abs:fdc0  i64x2.neg:fdc1
    f32x4.abs:fde0  f32x4.neg:fde1  f32x4.sqrt:fde3  f32x4.ceil:fd67  f32x4.floor:fd68  f32x4.trunc:fd69
    f32x4.nearest:fd6a  f64x2.abs:fdec  f64x2.neg:fded  f64x2.sqrt:fdef  f64x2.ceil:fd74  f64x2.floor:fd75
    f64x2.trunc:fd7a  f64x2.nearest:fd94  f32x4.demote_f64x2_zero:fd5e  f64x2.promote_low_f32x4:fd5f
    i64x2.extend_low_i32x4_s:fdc7  i64x2.extend_high_i32x4_s:fdc8  i64x2.extend_low_i32x4_u:fdc9
    i64x2.extend_high_i32x4_u:fdca  i32x4.trunc_sat_f32x4_s:fdf8  i32x4.trunc_sat_f32x4_u:fdf9
    f32x4.convert_i32x4_s:fdfa  f32x4.convert_i32x4_u:fdfb  i32x4.trunc_sat_f64x2_s_zero:fdfc
    i32x4.trunc_sat_f64x2_u_zero:fdfd  f64x2.convert_low_i32x4_s:fdfe  f64x2.convert_low_i32x4_u:fdff
    i32x4.relaxed_trunc_f32x4_s:fd101  i32x4.relaxed_trunc_f32x4_u:fd102`,
  "v128 v128 -> v128": `
    v128.and:fd4e  v128.andnot:fd4f  v128.or:fd50  v128.xor:fd51  i8x16.swizzle:fd0e
    i8x16.eq:fd23  i8x16.ne:fd24  i8x16.add:fd6e  i8x16.sub:fd71
    i32x4.eq:fd37  i32x4.ne:fd38  i32x4.lt_s:fd39  i32x4.lt_u:fd3a  i32x4.gt_s:fd3b  i32x4.gt_u:fd3c
    i32x4.le_s:fd3d  i32x4.le_u:fd3e  i32x4.ge_s:fd3f  i32x4.ge_u:fd40  i32x4.add:fdae  i32x4.sub:fdb1
    i32x4.mul:fdb5  i32x4.min_s:fdb6  i32x4.min_u:fdb7  i32x4.max_s:fdb8  i32x4.max_u:fdb9
    i64x2.add:fdce  i64x2.sub:fdd1  i64x2.mul:fdd5  i64x2.eq:fdd6  i64x2.ne:fdd7  i64x2.lt_s:fdd8
    i64x2.gt_s:fdd9  i64x2.le_s:fdda  i64x2.ge_s:fddb  i64x2.extmul_low_i32x4_s:fddc
    i64x2.extmul_high_i32x4_s:fddd  i64x2.extmul_low_i32x4_u:fdde  i64x2.extmul_high_i32x4_u:fddf
    f32x4.eq:fd41  f32x4.ne:fd42  f32x4.lt:fd43  f32x4.gt:fd44  f32x4.le:fd45  f32x4.ge:fd46
    f32x4.add:fde4  f32x4.sub:fde5  f32x4.mul:fde6  f32x4.div:fde7  f32x4.min:fde8  f32x4.max:fde9
    f32x4.pmin:fdea  f32x4.pmax:fdeb
    f64x2.eq:fd47  f64x2.ne:fd48  f64x2.lt:fd49  f64x2.gt:fd4a  f64x2.le:fd4b  f64x2.ge:fd4c
    f64x2.add:fdf0  f64x2.sub:fdf1  f64x2.mul:fdf2  f64x2.div:fdf3  f64x2.min:fdf4  f64x2.max:fdf5
    f64x2.pmin:fdf6  f64x2.pmax:fdf7  i8x16.relaxed_swizzle:fd100
    f32x4.relaxed_min:fd10d  f32x4.relaxed_max:fd10e  f64x2.relaxed_min:fd10f  f64x2.relaxed_max:fd110`,
  "v128 v128 v128 -> v128": `
    v128.bitselect:fd52  f32x4.relaxed_madd:fd105  f32x4.relaxed_nmadd:fd106  f64x2.relaxed_madd:fd107
    f64x2.relaxed_nmadd:fd108  i32x4.relaxed_laneselect:fd10b  i64x2.relaxed_laneselect:fd10c`,
  "v128 i32 -> v128": `
    i32x4.shl:fdab  i32x4.shr_s:fdac  i32x4.shr_u:fdad  i64x2.shl:fdcb  i64x2.shr_s:fdcc  i64x2.shr_u:fdcd`,
  "v128 -> i32": `
    v128.any_true:fd53  i8x16.all_true:fd63  i8x16.bitmask:fd64  i32x4.all_true:fda3  i32x4.bitmask:fda4
    i64x2.all_true:fdc3  i64x2.bitmask:fdc4`,
  "i32 -> v128": " i8x16.splat:fd0f  i32x4.splat:fd11",
  "i64 -> v128": " i64x2.splat:fd12",
  "f32 -> v128": " f32x4.splat:fd13",
  "f64 -> v128": " f64x2.splat:fd14",
} as const;

const LANE = {
  "v128 -> i32": " i8x16.extract_lane_s:fd15  i8x16.extract_lane_u:fd16  i32x4.extract_lane:fd1b",
  "v128 -> i64": " i64x2.extract_lane:fd1d",
  "v128 -> f32": " f32x4.extract_lane:fd1f",
  "v128 -> f64": " f64x2.extract_lane:fd21",
  "v128 i32 -> v128": " i8x16.replace_lane:fd17  i32x4.replace_lane:fd1c",
  "v128 i64 -> v128": " i64x2.replace_lane:fd1e",
  "v128 f32 -> v128": " f32x4.replace_lane:fd20",
  "v128 f64 -> v128": " f64x2.replace_lane:fd22",
} as const;

type Words<Text extends string, Names = never> = Text extends `${infer Word} ${infer Rest}`
  ? Words<Rest, Names | Head<Word>>
  : Names | Head<Text>;
type Head<Word> = Word extends `${infer Name}:${string}` ? Name : never;
type NamesOf<Table> = Words<Table[keyof Table] & string>;

/** An instruction without immediates. */
export type Instruction = NamesOf<typeof SCALAR> | NamesOf<typeof VECTOR>;
/** An instruction whose immediate is a lane number. */
export type LaneInstruction = NamesOf<typeof LANE>;
/** An instruction that addresses memory by an operand and a constant offset. */
export type AccessInstruction = NamesOf<typeof ACCESS>;
/** A load or store of one lane. */
export type LaneAccessInstruction = NamesOf<typeof LANE_ACCESS>;

/** What the table says of an instruction. `bytes` is the width of a memory access, 0 for the others. */
export interface Signature {
  /** The opcode as it is written: one byte, or a prefix and a number in LEB128; reserved zeros behind it. */
  readonly code: readonly number[];
  readonly operands: readonly ValueType[];
  readonly result: ValueType | "none";
  readonly bytes: number;
}

/** Instructions whose encoding ends in reserved zeros: the memories that they mean. */
const RESERVED: Readonly<Record<string, readonly number[]>> = {
  "memory.copy": [0, 0],
  "memory.fill": [0],
  "memory.size": [0],
  "memory.grow": [0],
  "atomic.fence": [0],
};

function* rows(table: Readonly<Record<string, string>>): Generator<[string, Signature]> {
  for (const [types, text] of Object.entries(table)) {
    const [left, right] = types.split("->") as [string, string];
    const operands = left.split(" ").filter(Boolean) as ValueType[];
    const result = right.trim() as ValueType | "none";
    for (const word of text.split(/\s+/).filter(Boolean)) {
      const [name, hex, bytes] = word.split(":") as [string, string, string?];
      const [prefix, number] = [hex.slice(0, 2), hex.slice(2)].map((n) => Number.parseInt(n, 16));
      const code = hex.length === 2 ? [prefix!] : unsigned(number!, [prefix!]);
      code.push(...(RESERVED[name] ?? []));
      yield [name, { code, operands, result, bytes: Number(bytes ?? 0) }];
    }
  }
}

/** The signature of every instruction, by name. */
export const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  [SCALAR, VECTOR, LANE, ACCESS, LANE_ACCESS].flatMap((table) => [...rows(table)]),
);
