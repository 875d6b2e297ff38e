// Phases shared out to threads: the caller opens a phase, all take units until none are left, the caller waits for the rest.
//
//   share(phase):  done ← 0; ticket ← phase·2³²; take units; wait until done = units
//   work(own):     until the run is over: take units of the current phase; else spin a little, then sleep
//
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
import { control, idle, outcome } from "./control.ts";
import { add, at, notify, read, sleep, taking, write } from "./taking.ts";

/** Turns of a loop that waits before it sleeps: a few tenths of a millisecond, longer than what one thread does between shared phases. */
const spins = 30_000;

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
  own: number,
  now: FunctionRef,
): FunctionRef {
  const params = { which: "i32", count: "i32", patience: "f64" } as const;
  return m.function("share", { params, results: ["i32"] }, (fb, { which, count, patience }) => {
    const { take, took } = taking(fb, execute, i32(own));
    const [done, before, turns] = ["finished", "before", "turns"].map((name) =>
      fb.local(name, "i32"),
    ) as [Local, Local, Local];
    const since = fb.local("since", "f64");
    fb.push(
      write(control.done, i32(0)),
      access(
        "i64.atomic.store",
        [i32(0), op("i64.shl", op("i64.extend_i32_u", which), i64(32))],
        at(control.ticket),
      ),
      ifThen(read(control.sleepers), add(control.wake, 1), notify(control.wake)),
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
        ifThen(load("i32.load", i32(0), at(control.mayBlock)), sleep(control.done, done)),
        br("wait"),
      ),
      i32(outcome.done),
    );
  });
}

/** work(own): what another thread does during a run. */
function workFunction(m: ModuleBuilder, execute: FunctionRef): void {
  m.function("work", { params: { own: "i32" }, export: "work" }, (fb, { own }) => {
    const { take, took, phase, ticket } = taking(fb, execute, own);
    const [turns, seen] = ["turns", "seen"].map((name) => fb.local(name, "i32")) as [Local, Local];
    fb.push(
      loop(
        "work",
        ...take,
        ifThen(took, set(turns, i32(0)), br("work")),
        ifThen(op("i32.eq", phase, i32(idle)), ret()),
        set(turns, op("i32.add", turns, i32(1))),
        brIf("work", op("i32.lt_u", turns, i32(spins))),
        // Who opens a phase looks for sleepers after that: so look at the ticket again after becoming one.
        add(control.sleepers, 1),
        set(seen, read(control.wake)),
        ifThen(
          op("i64.eq", ticket, load("i64.atomic.load", i32(0), at(control.ticket))),
          sleep(control.wake, seen),
        ),
        add(control.sleepers, -1),
        br("work"),
      ),
    );
  });
}

/** The functions that share phases out. `share(i)` is the call for phase number i of `phases`. */
export function parallel(
  m: ModuleBuilder,
  phases: readonly Phase[],
  own: number,
  now: FunctionRef,
): { readonly share: (phase: number, patience: Expr) => Expr; readonly finish: Expr[] } {
  const execute = executeFunction(m, phases);
  const share = shareFunction(m, execute, own, now);
  workFunction(m, execute);
  const end = access("i64.atomic.store", [i32(0), i64(BigInt(idle) << 32n)], at(control.ticket));
  return {
    share: (phase, patience) => call(share, i32(phase), i32(phases[phase]!.units), patience),
    finish: [end, ifThen(read(control.sleepers), add(control.wake, 1), notify(control.wake))],
  };
}
