// From open to lost or destroyed: after the end, and for what is pending at the end, work rejects.
import { DeviceError } from "../errors.ts";
import type { Backend } from "./backend.ts";

export interface Life {
  /** Runs `work`; rejects at once when the device is, or meanwhile gets, lost or destroyed. */
  during<T>(operation: string, work: () => T | Promise<T>): Promise<T>;
  /** The reason, when the device is lost. */
  readonly lost: Promise<string>;
  /** Ends it; false if it was destroyed before. */
  end(): boolean;
}

/** The life of a device on `backend`, which `lost` may end. */
export function lifeOf(backend: Backend, lost: Promise<string>): Life {
  let ended: string | undefined;
  let destroyed = false;
  const pending = new Set<() => void>();
  const finish = (reason: string): void => {
    ended ??= reason;
    for (const reject of pending) reject();
    pending.clear();
  };
  const ending = (operation: string): DeviceError =>
    new DeviceError(
      `${operation}: expected an open ${backend} device, this one ${ended}; open a new one with openDevice and create its networks and pipelines again`,
    );
  const reported = lost.then((reason) => {
    // Destroying a device also loses it: that is no news.
    if (destroyed) return new Promise<string>(() => {});
    finish(`was lost (${reason})`);
    return reason;
  });
  return {
    lost: reported,
    async during(operation, work) {
      if (ended !== undefined) throw ending(operation);
      let reject = (): void => {};
      const interrupted = new Promise<never>((_, no) => {
        reject = () => no(ending(operation));
      });
      pending.add(reject);
      try {
        return await Promise.race([work(), interrupted]);
      } finally {
        pending.delete(reject);
      }
    },
    end() {
      if (destroyed) return false;
      destroyed = true;
      finish("is destroyed");
      return true;
    },
  };
}
