// The words through which threads work together, at the start of the arena.
//
//   tickets  one per thread, section · 2³² + next place in the thread's share; to take some is to exchange the ticket for
//            a later one
//   done     places of all shares of the section that are computed
//   status   what stopped the run, 0 while nothing did
//
// A thread that comes late, or never, is waited for only while it holds units that it has taken.

/** At most so many sections are shared; the rest of a longer program runs on one thread. */
export const mostShared = 512;

/** Byte offsets; each word that is written often has a cache line of its own. */
export const control = {
  /** Of a wrong index: kernel number + 1, index, element. */
  report: 0,
  /** 1 where waiting threads may sleep: not on a browser's main thread. */
  mayBlock: 16,
  /** Threads that have this program and are ready. */
  ready: 20,
  status: 24,
  /** The number of the run. */
  run: 28,
  done: 64,
  /** How long a share of each section is, 4 bytes each. */
  lengths: 128,
  /** Behind them, 128 + 4 · mostShared. */
  tickets: 2176,
} as const;

/** Bytes from one ticket to the next. */
export const ticketBytes = 64;

/** Bytes of all that, for a program with so many threads. */
export const controlBytes = (threads: number): number =>
  threads > 1 ? control.tickets + ticketBytes * threads : 64;

/** The section of a ticket when no run is going on. */
export const idle = 0xffffffff;

/** What `run` returns. */
export const outcome = { done: 0, wrongIndex: 1, trap: 2, stalled: 3 } as const;
