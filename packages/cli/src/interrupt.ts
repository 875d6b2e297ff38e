/**
 * Ctrl-C in an orderly way: the work looks at `requested` between steps and ends itself.
 *
 * Steps are synchronous, so the loop must breathe now and then for the signal to arrive. A second
 * Ctrl-C ends the process at once.
 */

/** Whether to end, and how to stop listening. */
export interface Interruption {
  readonly requested: boolean;
  /** Lets pending signals arrive, at most every 50 ms; returns quickly otherwise. */
  breathe(): Promise<void>;
  stop(): void;
}

/** Starts listening for SIGINT and SIGTERM. */
export function listenForInterrupts(): Interruption {
  let requested = false;
  let breathed = performance.now();
  const request = (): void => {
    if (requested) process.exit(130);
    requested = true;
  };
  process.on("SIGINT", request);
  process.on("SIGTERM", request);
  return {
    get requested() {
      return requested;
    },
    async breathe() {
      if (performance.now() - breathed < 50) return;
      await new Promise((resolve) => setImmediate(resolve));
      breathed = performance.now();
    },
    stop() {
      process.off("SIGINT", request);
      process.off("SIGTERM", request);
    },
  };
}
