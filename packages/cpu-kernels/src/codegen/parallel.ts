// Sections shared out to threads: the caller opens one, all take parts until nothing is left, the caller waits for the rest.
//
//   share(section, …):  done ← 0; tickets ← section·2³²; meanwhile; take parts; wait until done = threads · length
//   work(own, thread):  until the run is over: take parts of the current section; else spin for a millisecond, then nap
//
// A thread's share has ⌈units / threads⌉ places of every phase, in order: those of a later thread may be empty.
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
  select,
  set,
} from "../wasm/index.ts";
import type { Phase } from "./context.ts";
import { control, idle, outcome, ticketBytes } from "./control.ts";
import { at, nap, read, taking, write } from "./taking.ts";

/** Turns of a loop that waits before it naps: a millisecond or so, longer than what one thread does between shared sections. */
const spins = 300_000;

/** What sharing needs beside the phases. */
export interface Sharing {
  /** How many threads there may be. */
  readonly threads: number;
  /** Memory of the caller's own. */
  readonly own: number;
  /** Milliseconds. */
  readonly now: FunctionRef;
  /** meanwhile(section): what the caller does first while the others compute. */
  readonly meanwhile: FunctionRef;
}

/** Lets threads take parts of a section from a thread's share. */
function setTicket(thread: Expr, section: Expr): Expr {
  const ticket = op("i64.shl", op("i64.extend_i32_u", section), i64(32));
  const word = op("i32.mul", thread, i32(ticketBytes));
  return access("i64.atomic.store", [word, ticket], at(control.tickets));
}

/** Places of a phase in a thread's share. */
const placesOf = ({ units }: Phase, threads: number): number => Math.ceil(units / threads);

/** How long each thread's share of a section is. */
export const lengthOf = (phases: readonly Phase[], threads: number): number =>
  phases.reduce((sum, phase) => sum + placesOf(phase, threads), 0);

/** execute(section, share, begin, end, own): the places of a share from begin up to end. */
function executeFunction(
  m: ModuleBuilder,
  sections: readonly (readonly Phase[])[],
  threads: number,
): FunctionRef {
  const params = { section: "i32", share: "i32", begin: "i32", end: "i32", own: "i32" } as const;
  return m.function("execute", { params }, (fb, { section, share, begin, end, own }) => {
    const [from, to] = [fb.local("from", "i32"), fb.local("to", "i32")];
    const least = (x: Expr, y: Expr): Expr => select(x, y, op("i32.lt_s", x, y));
    /** Those units of a phase whose places, which begin at `first`, are among these. */
    const part = (phase: Phase, first: number): Expr[] => {
      const places = placesOf(phase, threads);
      const base = op("i32.mul", share, i32(places));
      const unitAt = (place: Expr): Expr => op("i32.add", base, op("i32.sub", place, i32(first)));
      const last = i32(first + places);
      return [
        set(from, unitAt(select(begin, i32(first), op("i32.gt_s", begin, i32(first))))),
        set(to, unitAt(least(end, last))),
        set(to, least(to, i32(phase.units))),
        ifThen(op("i32.lt_s", from, to), call(phase.ref, from, to, own)),
      ];
    };
    const labels = sections.map((_, i) => `section${i}`);
    let body: Expr[] = [brTable([...labels, "none"], section)];
    sections.forEach((phases, i) => {
      let first = 0;
      const parts = phases.flatMap((phase) => {
        first += placesOf(phase, threads);
        return part(phase, first - placesOf(phase, threads));
      });
      body = [block(labels[i]!, ...body), ...parts, ret()];
    });
    fb.push(block("none", ...body));
  });
}

/**
 * share(which, count, patience): opens a section of so many places, has its transfers made, works on it, and returns when
 * it is done, or why it cannot be.
 */
function shareFunction(
  m: ModuleBuilder,
  execute: FunctionRef,
  { own, now, meanwhile, threads }: Sharing,
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
      ...forRange(fb, { local: thread, to: threads }, () => [setTicket(thread, which)]),
      call(meanwhile, which),
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

/** work(own, thread): what another thread does during a run. */
function workFunction(m: ModuleBuilder, execute: FunctionRef, threads: number): void {
  const params = { own: "i32", thread: "i32" } as const;
  m.function("work", { params, export: "work" }, (fb, { own, thread }) => {
    const { take, took, section } = taking(fb, execute, { own, thread, threads });
    const turns = fb.local("turns", "i32");
    fb.push(
      loop(
        "work",
        ...take,
        ifThen(took, set(turns, i32(0)), br("work")),
        ifThen(op("i32.eq", section, i32(idle)), ret()),
        set(turns, op("i32.add", turns, i32(1))),
        brIf("work", op("i32.lt_u", turns, i32(spins))),
        nap(control.ready, read(control.ready)),
        br("work"),
      ),
    );
  });
}

/** The functions that share sections out. `share(i)` is the call for section number i. */
export function parallel(
  m: ModuleBuilder,
  sections: readonly (readonly Phase[])[],
  sharing: Sharing,
): { readonly share: (section: number, patience: Expr) => Expr; readonly finish: Expr[] } {
  const { threads } = sharing;
  const execute = executeFunction(m, sections, threads);
  const share = shareFunction(m, execute, sharing);
  workFunction(m, execute, threads);
  return {
    share: (section, patience) =>
      call(share, i32(section), i32(threads * lengthOf(sections[section]!, threads)), patience),
    finish: Array.from({ length: threads }, (_, thread) => setTicket(i32(thread), i32(idle))),
  };
}
