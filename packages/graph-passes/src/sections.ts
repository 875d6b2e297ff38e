// sections: runs of kernels that do not wait for one another, so that threads need no barrier between them.
//
//   a kernel joins those before it unless it reads or writes what one of them writes, or writes what one of them reads
//
// In a backward pass the gradients of a layer's weights, of its biases and of its inputs wait for the layer above, not for
// each other. The kernels of a band count as one.
import { bandOf } from "./band-of.ts";
import { accessesOf } from "./lifetimes.ts";
import type { Buffer, Program, View } from "./program.ts";

/** For each kernel the number of the first of its section. `places`: buffers that lie where another one does. */
export function sections(
  program: Program,
  places: ReadonlyMap<Buffer, Buffer> = new Map(),
): number[] {
  const begins: number[] = [];
  const read = new Set<Buffer>();
  const written = new Set<Buffer>();
  let begin = 0;
  program.kernels.forEach((_, at) => {
    const band = bandOf(program, at);
    if (band === null || band.first === at) {
      const items = program.kernels.slice(at, at + (band?.kernels ?? 1)).map(accessesOf);
      const placeOf = ({ buffer }: View): Buffer => places.get(buffer) ?? buffer;
      const reads = items.flatMap((item) => item.reads).map(placeOf);
      const writes = items.flatMap((item) => item.writes).map(placeOf);
      const waits =
        reads.some((buffer) => written.has(buffer)) ||
        writes.some((buffer) => written.has(buffer) || read.has(buffer));
      if (waits) {
        begin = at;
        read.clear();
        written.clear();
      }
      for (const buffer of reads) read.add(buffer);
      for (const buffer of writes) written.add(buffer);
    }
    begins.push(begin);
  });
  return begins;
}
