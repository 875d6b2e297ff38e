// Taking work: what every thread does in a section, the caller of `run` too.
//
//   for the shares of the section, one's own first, until there was something to take:
//     (section, begin) ← ticket;  if begin < length: take a part of the rest, ticket ← ticket + part, compute it, done += part
//
// Who has computed rows of one array computes the same rows of the next, which are in that core's cache; who is done
// helps others. Parts get smaller, so that work is seldom cut and nobody waits long at the end.
// Guided self-scheduling: Polychronopoulos & Kuck, IEEE Transactions on Computers C-36, 1987; with affinity: Markatos &
// LeBlanc, IEEE Transactions on Parallel and Distributed Systems 5, 1994.
import {
  access,
  brIf,
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
  loop,
  op,
  select,
  set,
} from "../wasm/index.ts";
import { control, idle, ticketBytes } from "./control.ts";

/** How long a nap lasts, in nanoseconds. */
const napTime = 50_000;

export const at = (offset: number): { offset: number } => ({ offset });
export const read = (offset: number): Expr => load("i32.atomic.load", i32(0), at(offset));
export const write = (offset: number, value: Expr): Expr =>
  access("i32.atomic.store", [i32(0), value], at(offset));
/** Sleeps for a moment while the word there is `seen`. Nobody wakes who naps: see parallel.ts. */
export const nap = (offset: number, seen: Expr): Expr =>
  drop(access("memory.atomic.wait32", [i32(0), seen, i64(napTime)], at(offset)));

export interface Taking {
  readonly take: Expr[];
  /** Set by `take`: 1 when there may be more. */
  readonly took: Local;
  readonly section: Local;
}

/** Takes a part of the current section, if there is any, and computes it. */
export function taking(
  fb: FunctionBuilder,
  execute: FunctionRef,
  { own, thread, threads }: { own: Expr; thread: Expr; threads: number },
): Taking {
  const [section, begin, rest, part, took, share, looked] = [
    "section",
    "begin",
    "rest",
    "part",
    "took",
    "share",
    "looked",
  ].map((name) => fb.local(name, "i32")) as [Local, Local, Local, Local, Local, Local, Local];
  const ticket = fb.local("ticket", "i64");
  const word = op("i32.mul", share, i32(ticketBytes));
  const length = load("i32.load", op("i32.shl", section, i32(2)), at(control.lengths));
  const next = op("i64.add", ticket, op("i64.extend_i32_u", part));
  // A ticket that has not changed says the same of the same section, be it of another run.
  const exchange = access("i64.atomic.rmw.cmpxchg", [word, ticket, next], at(control.tickets));
  const compute = [
    call(execute, section, share, begin, op("i32.add", begin, part), own),
    drop(access("i32.atomic.rmw.add", [i32(0), part], at(control.done))),
  ];
  const following = op("i32.add", share, i32(1));
  const take = [
    set(took, i32(0)),
    set(looked, i32(0)),
    set(share, thread),
    loop(
      "shares",
      set(ticket, load("i64.atomic.load", word, at(control.tickets))),
      set(section, op("i32.wrap_i64", op("i64.shr_u", ticket, i64(32)))),
      set(begin, op("i32.wrap_i64", ticket)),
      ifThen(
        op("i32.ne", section, i32(idle)),
        set(rest, op("i32.sub", length, begin)),
        ifThen(
          op("i32.gt_s", rest, i32(0)),
          set(took, i32(1)),
          set(part, op("i32.add", op("i32.shr_u", rest, i32(2)), i32(1))),
          ifThen(op("i64.eq", exchange, ticket), ...compute),
        ),
        set(share, select(i32(0), following, op("i32.eq", following, i32(threads)))),
        set(looked, op("i32.add", looked, i32(1))),
        brIf("shares", op("i32.and", op("i32.eqz", took), op("i32.lt_u", looked, i32(threads)))),
      ),
    ),
  ];
  return { take, took, section };
}
