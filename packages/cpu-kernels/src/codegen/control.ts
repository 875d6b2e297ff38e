// The words through which threads work together, at the start of the arena.
//
//   ticket   phase · 2³² + next unit: to take units of whatever phase is current is to exchange it for a later one
//   done     units of the phase that are computed
//   status   what stopped the run, 0 while nothing did
//
// A thread that comes late, or never, is waited for only while it holds units that it has taken.

/** Byte offsets; each word that is written often has a cache line of its own. */
export const control = {
  /** Of a wrong index: kernel number + 1, index, element. */
  report: 0,
  /** 1 where waiting threads may sleep: not on a browser's main thread. */
  mayBlock: 16,
  /** Threads that have this program and are ready. */
  ready: 20,
  ticket: 64,
  done: 128,
  status: 192,
  /** Units of each phase, 4 bytes each, begin at the end of the control block. */
  bytes: 256,
} as const;

/** At most so many phases are shared; the rest of a longer program runs on one thread. */
export const mostShared = 500;

/** The phase of a ticket when no run is going on. */
export const idle = 0xffffffff;

/** What `run` returns. */
export const outcome = { done: 0, wrongIndex: 1, trap: 2, stalled: 3 } as const;
