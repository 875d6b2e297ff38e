/**
 * Progress of one or several tasks: bars on a terminal, a few plain lines elsewhere.
 *
 * Work is synchronous, so bars are drawn by `update` and not by a timer: at most ten times a second.
 */

import cliProgress from "cli-progress";
import type { Io } from "../io.ts";

/** One task's line. */
export interface ProgressLine {
  /** `detail` is what follows the bar: loss, rate, time left. */
  update(done: number, detail: string): void;
}

/** The lines of one command; `stop` leaves the last state on the screen. */
export interface Progress {
  line(name: string, total: number): ProgressLine;
  stop(): void;
}

/** Starts drawing; `width` is that of the longest task name. */
export function startProgress(io: Io, width = 0): Progress {
  return io.live ? liveProgress(io, width) : plainProgress(io, width);
}

function liveProgress(io: Io, width: number): Progress {
  const bars = new cliProgress.MultiBar(
    {
      format: "{name} {bar} {percentage}%  {detail}",
      barsize: io.columns >= 100 ? 24 : 12,
      stream: io.progress,
      hideCursor: true,
      linewrap: false,
      // The handler of the whole command ends the work in order and stops the bars.
      gracefulExit: false,
      fps: 10,
    },
    cliProgress.Presets.shades_grey,
  );
  let drawn = 0;
  return {
    line(name, total) {
      const bar = bars.create(total, 0, { name: name.padEnd(width), detail: "" });
      return {
        update(done, detail) {
          bar.update(done, { detail });
          const now = performance.now();
          if (now - drawn < 100 && done < total) return;
          drawn = now;
          bars.update();
        },
      };
    },
    stop() {
      bars.update();
      bars.stop();
    },
  };
}

/** A line at each quarter of the work. */
function plainProgress(io: Io, width: number): Progress {
  return {
    line(name, total) {
      let quarter = 0;
      return {
        update(done, detail) {
          const reached = Math.floor((4 * done) / Math.max(1, total));
          if (reached <= quarter) return;
          quarter = reached;
          io.note(`${name.padEnd(width)}  ${25 * reached}%  ${detail}`.trimEnd());
        },
      };
    },
    stop() {},
  };
}
