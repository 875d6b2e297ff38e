// Transfers: what the caller of a run copies while other threads compute.
//
//   a tensor among the arguments is copied in during the last shared section before the one that reads it first, a result
//   is copied out during the first shared section after the one that writes it last; otherwise before the run, and after
import { accessesOf, type Buffer, bytesOf, type Program } from "@cotangent/graph-passes";
import type { Section } from "./sections.ts";

/** What is smaller is copied before it could be kept in mind. */
const worthDelaying = 4096;

/** The numbers of shared sections during which inputs and outputs of a program may be copied. */
export function transfersOf(
  { inputs, outputs }: Program,
  sections: readonly Section[],
): Map<Buffer, number> {
  const first = new Map<Buffer, number>();
  const last = new Map<Buffer, number>();
  sections.forEach(({ phases }, at) => {
    for (const { kernel } of phases.flatMap(({ kernels }) => kernels)) {
      const { reads, writes } = accessesOf(kernel);
      for (const { buffer } of reads) if (!first.has(buffer)) first.set(buffer, at);
      for (const { buffer } of writes) last.set(buffer, at);
    }
  });
  const transfers = new Map<Buffer, number>();
  const put = (buffer: Buffer, section: Section | undefined): void => {
    const shared = section?.shared ?? null;
    if (shared !== null && bytesOf(buffer) >= worthDelaying) transfers.set(buffer, shared);
  };
  const isShared = ({ shared }: Section): boolean => shared !== null;
  for (const buffer of inputs)
    put(buffer, sections.slice(0, first.get(buffer) ?? 0).findLast(isShared));
  for (const buffer of outputs)
    if (last.has(buffer)) put(buffer, sections.slice(last.get(buffer)! + 1).find(isShared));
  return transfers;
}
