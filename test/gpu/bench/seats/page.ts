// The browser's side: one implementation in a page, its arrays travelling as base64.
import type { NamedArray } from "../../../peers/src/arrays.ts";
import type { Task } from "../../../peers/src/tasks.ts";
import type { Traffic } from "../own/unfused.ts";
import { type GpuPeer, type Seat, seatOf } from "./seat.ts";

/** An array on its way: its numbers as base64 of little-endian f32. */
export interface Packed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly base64: string;
}

/** What a page answers. */
export interface PageSeat {
  open(options: unknown): Promise<{ readonly name: string; readonly adapter: string | undefined }>;
  prepare(task: Task, arrays: readonly Packed[]): Promise<number>;
  time(repetitions: number): Promise<number>;
  read(): Promise<readonly string[]>;
  traffic(): Promise<Traffic | null>;
  release(): Promise<void>;
}

/** Makes a peer of the page available as globalThis.seat. */
export function serve(openPeer: (options: never) => Promise<GpuPeer>): void {
  let seat: Seat | undefined;
  const opened = (): Seat => {
    if (seat) return seat;
    throw new Error("bench: expected an open implementation in the page, got none");
  };
  const service: PageSeat = {
    async open(options) {
      seat = seatOf(await openPeer(options as never));
      return { name: seat.name, adapter: seat.adapter };
    },
    prepare: (task, arrays) => opened().prepare(task, arrays.map(unpack)),
    time: (repetitions) => opened().time(repetitions),
    read: async () => (await opened().read()).map((values) => pack(Float32Array.from(values))),
    traffic: () => opened().traffic(),
    release: () => opened().release(),
  };
  Object.assign(globalThis, { seat: service });
}

function unpack({ name, shape, base64 }: Packed): NamedArray {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return { name, shape, data: new Float32Array(bytes.buffer) };
}

function pack(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer);
  let text = "";
  // fromCharCode takes as many arguments as the stack holds.
  for (let at = 0; at < bytes.length; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}
