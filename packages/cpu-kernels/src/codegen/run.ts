// run: the function that calls the phases of all kernels section by section, alone or with the threads that take part.
//
//   run(patience) → an outcome: done, a wrong index, or why other threads could not finish
import type { Band } from "@cotangent/graph-passes";
import {
  call,
  forRange,
  i32,
  ifThen,
  load,
  type ModuleBuilder,
  op,
  ret,
  set,
  store,
} from "../wasm/index.ts";
import type { Arena } from "./arena.ts";
import { type ModuleContext, type Phase, phase } from "./context.ts";
import { outcome } from "./control.ts";
import { parallel, type Sharing } from "./parallel.ts";
import { type CompiledKernel, mayFail, type Placed, type Section } from "./sections.ts";

/** The kernels of a band as one phase: for each block, one after the other. */
function bandPhase(
  context: ModuleContext,
  { first, blocks }: Band,
  kernels: readonly CompiledKernel[],
): Phase {
  return phase(context, `band${first}`, blocks, (fb, { begin, end, own }) =>
    fb.push(
      ...forRange(fb, { local: "block", from: begin, to: end }, (block) =>
        kernels.map(({ phase: { ref, units } }) => {
          const from = op("i32.mul", block, i32(units / blocks));
          return call(ref, from, op("i32.add", from, i32(units / blocks)), own);
        }),
      ),
    ),
  );
}

/** The phases in order. */
export function placed(kernels: readonly CompiledKernel[], context: ModuleContext): Placed[] {
  const phases: Placed[] = [];
  for (const kernel of kernels) {
    const { band, phase } = kernel;
    if (band === null) phases.push({ ...phase, kernels: [kernel] });
    else if (kernels.find((other) => other.band === band) === kernel) {
      const members = kernels.filter((other) => other.band === band);
      phases.push({ ...bandPhase(context, band, members), kernels: members });
    }
  }
  return phases;
}

/** Adds `run` to the module. */
export function runFunction(
  module: ModuleBuilder,
  sections: readonly Section[],
  arena: Arena,
  sharing: Omit<Sharing, "own"> | null,
): void {
  const together = sections.filter(({ shared }) => shared !== null);
  const share =
    sharing && together.length > 0
      ? parallel(
          module,
          together.map(({ phases }) => phases),
          { ...sharing, own: arena.own(0) },
        )
      : null;
  const mayFailAt = sections.map(({ phases }) =>
    phases.some(({ kernels }) => kernels.some(mayFail)),
  );
  const params = { patience: "f64" } as const;
  module.function("run", { params, results: ["i32"], export: "run" }, (fb, { patience }) => {
    const status = fb.local("status", "i32");
    const report = { offset: arena.report };
    if (mayFailAt.includes(true)) fb.push(store("i32.store", i32(0), i32(0), report));
    sections.forEach(({ phases, shared }, i) => {
      if (share && shared !== null)
        fb.push(
          set(status, share.share(shared, patience)),
          ifThen(status, ...share.finish, ret(status)),
        );
      else
        for (const { ref, units } of phases)
          fb.push(call(ref, i32(0), i32(units), i32(arena.own(0))));
      if (mayFailAt[i])
        fb.push(
          ifThen(
            load("i32.load", i32(0), report),
            ...(share?.finish ?? []),
            ret(i32(outcome.wrongIndex)),
          ),
        );
    });
    fb.push(...(share?.finish ?? []), i32(outcome.done));
  });
}
