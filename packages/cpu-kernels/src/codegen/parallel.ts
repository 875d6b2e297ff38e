// Phases shared out to threads: the caller opens a phase, all take units until none are left, the caller waits for the rest.
//
//   share(phase):  done ← 0; tickets ← phase·2³² + first unit; take units; wait until done = units
//   work(own):     until the run is over: take units of the current phase; else spin a little, then nap
//
// Nobody wakes anybody: an operating system may well move a thread that is woken to the core of the one that woke it,
// where the two take turns while another core idles. Who naps wakes by a timer, on its own core.
// Only the caller of `run` decides what comes next. Which thread computes which units never shows in a result.
import {
  access,
  block,
  br,
  brIf,
  brTable,
  call,
  type Expr,
  type FunctionRef,
  forRange,
  i32,
  i64,
  ifThen,
  type Local,
  load,
  loop,
  type ModuleBuilder,
  op,
  ret,
  set,
} from "../wasm/index.ts";
import type { Phase } from "./context.ts";
import { control, idle, outcome, ticketBytes } from "./control.ts";
import { at, nap, read, shareFrom, taking, write } from "./taking.ts";

/** Turns of a loop that waits before it naps: a millisecond or so, longer than what one thread does between shared phases. */
const spins = 300_000;

/** What sharing needs beside the phases. */
export interface Sharing {
  /** How many threads there may be. */
  readonly threads: number;
  /** Memory of the caller's own. */
  readonly own: number;
  /** Milliseconds. */
  readonly now: FunctionRef;
}

/** Lets threads take units of a phase from a thread's share. */
function setTicket(thread: Expr, phase: Expr, unit: Expr): Expr {
  const high = op("i64.shl", op("i64.extend_i32_u", phase), i64(32));
  const ticket = op("i64.or", high, op("i64.extend_i32_u", unit));
  const word = op("i32.mul", thread, i32(ticketBytes));
  return access("i64.atomic.store", [word, ticket], at(control.tickets));
}

/** execute(phase, begin, end, own): units of a phase. */
function executeFunction(m: ModuleBuilder, phases: readonly Phase[]): FunctionRef {
  const params = { phase: "i32", begin: "i32", end: "i32", own: "i32" } as const;
  return m.function("execute", { params }, (fb, { phase, begin, end, own }) => {
    const labels = phases.map((_, i) => `phase${i}`);
    let body: Expr[] = [brTable([...labels, "none"], phase)];
    phases.forEach(({ ref }, i) => {
      body = [block(labels[i]!, ...body), call(ref, begin, end, own), ret()];
    });
    fb.push(block("none", ...body));
  });
}

/** share(phase, units): opens a phase, works on it, and returns when it is done, or why it cannot be. */
function shareFunction(
  m: ModuleBuilder,
  execute: FunctionRef,
  { own, now, threads }: Sharing,
): FunctionRef {
  const params = { which: "i32", count: "i32", patience: "f64" } as const;
  return m.function("share", { params, results: ["i32"] }, (fb, { which, count, patience }) => {
    const { take, took } = taking(fb, execute, { own: i32(own), thread: i32(0), threads });
    const [done, before, turns, thread] = ["finished", "before", "turns", "thread"].map((name) =>
      fb.local(name, "i32"),
    ) as [Local, Local, Local, Local];
    const since = fb.local("since", "f64");
    fb.push(
      write(control.done, i32(0)),
      ...forRange(fb, { local: thread, to: threads }, () => [
        setTicket(thread, which, shareFrom(count, thread, threads)),
      ]),
      loop("take", ...take, brIf("take", took)),
      loop(
        "wait",
        set(done, read(control.done)),
        ifThen(op("i32.eq", done, count), ret(i32(outcome.done))),
        ifThen(read(control.status), ret(i32(outcome.trap))),
        set(turns, op("i32.add", turns, i32(1))),
        brIf("wait", op("i32.lt_u", turns, i32(spins))),
        // Time passes only while nothing is finished.
        ifThen(
          op("i32.or", op("i32.ne", done, before), op("i32.eq", turns, i32(spins))),
          set(since, call(now)),
        ),
        set(before, done),
        ifThen(op("f64.gt", op("f64.sub", call(now), since), patience), ret(i32(outcome.stalled))),
        ifThen(load("i32.load", i32(0), at(control.mayBlock)), nap(control.done, done)),
        br("wait"),
      ),
      i32(outcome.done),
    );
  });
}

/** work(own): what another thread does during a run. */
function workFunction(m: ModuleBuilder, execute: FunctionRef, threads: number): void {
  const params = { own: "i32", thread: "i32" } as const;
  m.function("work", { params, export: "work" }, (fb, { own, thread }) => {
    const { take, took, phase } = taking(fb, execute, { own, thread, threads });
    const turns = fb.local("turns", "i32");
    fb.push(
      loop(
        "work",
        ...take,
        ifThen(took, set(turns, i32(0)), br("work")),
        ifThen(op("i32.eq", phase, i32(idle)), ret()),
        set(turns, op("i32.add", turns, i32(1))),
        brIf("work", op("i32.lt_u", turns, i32(spins))),
        nap(control.ready, read(control.ready)),
        br("work"),
      ),
    );
  });
}

/** The functions that share phases out. `share(i)` is the call for phase number i of `phases`. */
export function parallel(
  m: ModuleBuilder,
  phases: readonly Phase[],
  sharing: Sharing,
): { readonly share: (phase: number, patience: Expr) => Expr; readonly finish: Expr[] } {
  const execute = executeFunction(m, phases);
  const share = shareFunction(m, execute, sharing);
  workFunction(m, execute, sharing.threads);
  return {
    share: (phase, patience) => call(share, i32(phase), i32(phases[phase]!.units), patience),
    finish: Array.from({ length: sharing.threads }, (_, thread) =>
      setTicket(i32(thread), i32(idle), i32(0)),
    ),
  };
}
