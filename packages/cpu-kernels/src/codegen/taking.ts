// Taking units of work: what every thread does in a phase, the caller of `run` too.
//
//   (phase, begin) ← ticket += chunk;  if begin < units(phase): compute [begin, begin + chunk);  done += chunk
import {
  access,
  call,
  drop,
  type Expr,
  type FunctionBuilder,
  type FunctionRef,
  i32,
  i64,
  ifThen,
  type Local,
  load,
  op,
  select,
  set,
} from "../wasm/index.ts";
import { control, idle } from "./control.ts";

/** How long a sleep lasts at most, in nanoseconds. */
const nap = 1_000_000;

export const at = (offset: number): { offset: number } => ({ offset });
export const read = (offset: number): Expr => load("i32.atomic.load", i32(0), at(offset));
export const write = (offset: number, value: Expr): Expr =>
  access("i32.atomic.store", [i32(0), value], at(offset));
export const add = (offset: number, value: number): Expr =>
  drop(access("i32.atomic.rmw.add", [i32(0), i32(value)], at(offset)));
export const notify = (offset: number): Expr =>
  drop(access("memory.atomic.notify", [i32(0), i32(2 ** 30)], at(offset)));
export const sleep = (offset: number, seen: Expr): Expr =>
  drop(access("memory.atomic.wait32", [i32(0), seen, i64(nap)], at(offset)));

export interface Taking {
  readonly take: Expr[];
  /** Set by `take`: units of the phase, and 1 when some of them were taken. */
  readonly took: Local;
  readonly phase: Local;
  /** The ticket as it was found. */
  readonly ticket: Local;
}

/** Takes units of the current phase, if there are any, and computes them. */
export function taking(fb: FunctionBuilder, execute: FunctionRef, own: Expr): Taking {
  const [phase, begin, end, units, chunk, took] = [
    "phase",
    "begin",
    "end",
    "units",
    "chunk",
    "took",
  ].map((name) => fb.local(name, "i32")) as [Local, Local, Local, Local, Local, Local];
  const ticket = fb.local("ticket", "i64");
  const split = [
    set(phase, op("i32.wrap_i64", op("i64.shr_u", ticket, i64(32)))),
    set(begin, op("i32.wrap_i64", ticket)),
  ];
  const table = (offset: number): Expr =>
    load("i32.load", op("i32.shl", phase, i32(3)), at(control.bytes + offset));
  const take = [
    set(took, i32(0)),
    set(ticket, load("i64.atomic.load", i32(0), at(control.ticket))),
    ...split,
    ifThen(
      op("i32.ne", phase, i32(idle)),
      set(units, table(0)),
      set(chunk, table(4)),
      ifThen(
        op("i32.lt_u", begin, units),
        // The phase may have changed since: what counts is what the addition finds.
        set(
          ticket,
          access("i64.atomic.rmw.add", [i32(0), op("i64.extend_i32_u", chunk)], at(control.ticket)),
        ),
        ...split,
        ifThen(
          op("i32.ne", phase, i32(idle)),
          set(units, table(0)),
          ifThen(
            op("i32.lt_u", begin, units),
            set(took, i32(1)),
            set(end, op("i32.add", begin, chunk)),
            set(end, select(end, units, op("i32.lt_u", end, units))),
            call(execute, phase, begin, end, own),
            set(end, op("i32.sub", end, begin)),
            set(
              end,
              op("i32.add", end, access("i32.atomic.rmw.add", [i32(0), end], at(control.done))),
            ),
            ifThen(op("i32.eq", end, units), notify(control.done)),
          ),
        ),
      ),
    ),
  ];
  return { take, took, phase, ticket };
}
