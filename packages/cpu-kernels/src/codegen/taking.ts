// Taking units of work: what every thread does in a phase, the caller of `run` too.
//
//   (phase, begin) ← ticket;  if begin < units(phase): take a part of the rest, ticket ← ticket + part;  done += part
//
// The parts grow smaller: the first are long, so that work is seldom cut, and the last are single units, so that nobody
// waits long for another. Guided self-scheduling: Polychronopoulos & Kuck, IEEE Transactions on Computers C-36, 1987.
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
  set,
} from "../wasm/index.ts";
import { control, idle } from "./control.ts";

/** How long a nap lasts, in nanoseconds. */
const napTime = 50_000;

export const at = (offset: number): { offset: number } => ({ offset });
export const read = (offset: number): Expr => load("i32.atomic.load", i32(0), at(offset));
export const write = (offset: number, value: Expr): Expr =>
  access("i32.atomic.store", [i32(0), value], at(offset));
export const add = (offset: number, value: number): Expr =>
  drop(access("i32.atomic.rmw.add", [i32(0), i32(value)], at(offset)));
/** Sleeps for a moment while the word there is `seen`. Nobody wakes who naps: see parallel.ts. */
export const nap = (offset: number, seen: Expr): Expr =>
  drop(access("memory.atomic.wait32", [i32(0), seen, i64(napTime)], at(offset)));

export interface Taking {
  readonly take: Expr[];
  /** Set by `take`: 1 when there may be more. */
  readonly took: Local;
  readonly phase: Local;
}

/** Takes units of the current phase, if there are any, and computes them; `threads` others may do so too. */
export function taking(
  fb: FunctionBuilder,
  execute: FunctionRef,
  own: Expr,
  threads: number,
): Taking {
  const [phase, begin, rest, part, took] = ["phase", "begin", "rest", "part", "took"].map((name) =>
    fb.local(name, "i32"),
  ) as [Local, Local, Local, Local, Local];
  const ticket = fb.local("ticket", "i64");
  const units = load("i32.load", op("i32.shl", phase, i32(2)), at(control.bytes));
  const next = op("i64.add", ticket, op("i64.extend_i32_u", part));
  // A ticket that has not changed says the same of the same phase, be it of another run.
  const exchange = access("i64.atomic.rmw.cmpxchg", [i32(0), ticket, next], at(control.ticket));
  const compute = [
    call(execute, phase, begin, op("i32.add", begin, part), own),
    drop(access("i32.atomic.rmw.add", [i32(0), part], at(control.done))),
  ];
  const take = [
    set(took, i32(0)),
    set(ticket, load("i64.atomic.load", i32(0), at(control.ticket))),
    set(phase, op("i32.wrap_i64", op("i64.shr_u", ticket, i64(32)))),
    set(begin, op("i32.wrap_i64", ticket)),
    ifThen(
      op("i32.ne", phase, i32(idle)),
      set(rest, op("i32.sub", units, begin)),
      ifThen(
        op("i32.gt_s", rest, i32(0)),
        set(took, i32(1)),
        set(part, op("i32.add", op("i32.div_u", rest, i32(2 * threads)), i32(1))),
        ifThen(op("i64.eq", exchange, ticket), ...compute),
      ),
    ),
  ];
  return { take, took, phase };
}
