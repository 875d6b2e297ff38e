/**
 * A Vitest reporter whose only output is the run's very last line: `N passed, N failed, N skipped`.
 *
 * A file that breaks before or between its tests, and an error that belongs to no test, count as one
 * failure each; a run in which no test ran exits with 1. Used by vitest.config.ts, read by .ci/run.
 */
import type { Reporter, TestModule } from "vitest/node";

/** How many tests ended in which way. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts the tests of all files, and what failed outside of tests. */
export function countTests(modules: readonly TestModule[], unhandledErrors: number): Counts {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      counts[state === "pending" ? "skipped" : state] += 1;
    }
    for (const suite of [module, ...module.children.allSuites()]) {
      counts.failed += suite.errors().length;
    }
  }
  return counts;
}

/** The line itself. */
export function summaryLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Prints the line when the process ends, after everything that Vitest prints itself. */
export function summaryReporter(): Reporter {
  let counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  return {
    // Vitest makes the reporters of each project, and asks those of the whole.
    onInit() {
      process.on("exit", () => {
        if (counts.failed > 0 || counts.passed === 0) process.exitCode ||= 1;
        process.stdout.write(`${summaryLine(counts)}\n`);
      });
    },
    onTestRunEnd(modules, unhandledErrors) {
      counts = countTests(modules, unhandledErrors.length);
    },
  };
}
