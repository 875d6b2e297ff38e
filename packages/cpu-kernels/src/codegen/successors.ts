// State in place: an output that takes over the memory of the input whose successor it is.
//
//   s′ = s − η·g   is stored where s lies, element by element
//
// That may be when nothing reads s after s′ is begun, and where both happen at once, element by element through one view;
// when s itself is no result; and when no later kernel can fail, so that after an error the state is the one before.
import {
  type Buffer,
  bandOf,
  type Kernel,
  type Program,
  type ScalarCode,
  type View,
} from "@cotangent/graph-passes";

/** What a kernel reads and writes element by element, and what it reads otherwise. */
interface Accesses {
  readonly code: ScalarCode | null;
  readonly reads: readonly Buffer[];
  readonly writes: readonly Buffer[];
}

const buffersOf = (views: readonly View[]): Buffer[] => views.map(({ buffer }) => buffer);
const storesOf = ({ stores }: ScalarCode): View[] => stores.map(({ view }) => view);

function accessesOf(kernel: Kernel): Accesses {
  switch (kernel.kind) {
    case "loop":
      return { code: kernel.code, reads: [], writes: [] };
    case "matmul":
      return { code: kernel.epilogue, reads: buffersOf([kernel.left, kernel.right]), writes: [] };
    case "reduce":
      return {
        code: kernel.epilogue,
        reads: buffersOf(kernel.code.loads),
        writes: buffersOf(storesOf(kernel.code)),
      };
    case "zero":
      return { code: null, reads: [], writes: [kernel.buffer] };
    case "equation":
      return { code: null, reads: kernel.inputs, writes: kernel.outputs };
  }
}

const mayFail = (kernel: Kernel): boolean => kernel.kind === "equation";
const viewText = ({ offset, strides }: View): string => `${offset} ${strides}`;

/** Whether all loads of `before` and stores of `after` in a code go through one view. */
function isInPlace({ loads, stores }: ScalarCode, before: Buffer, after: Buffer): boolean {
  const views = [
    ...loads.filter(({ buffer }) => buffer === before),
    ...stores.map(({ view }) => view).filter(({ buffer }) => buffer === after),
  ];
  return new Set(views.map(viewText)).size === 1;
}

function canReplace(program: Program, before: Buffer, after: Buffer): boolean {
  const { kernels, outputs } = program;
  if (before.dtype !== after.dtype || after.role !== "output" || outputs.includes(before))
    return false;
  const accesses = kernels.map(accessesOf);
  const reads = ({ code, reads: others }: Accesses): boolean =>
    others.includes(before) || (code !== null && buffersOf(code.loads).includes(before));
  const writes = ({ code, writes: others }: Accesses): boolean =>
    others.includes(after) || (code !== null && buffersOf(storesOf(code)).includes(after));
  const first = accesses.findIndex(writes);
  const last = accesses.findLastIndex(reads);
  if (first < 0 || kernels.slice(first).some(mayFail) || last > first) return false;
  // The kernels of a band run in turns: another one may read what this one has replaced a block of.
  const band = bandOf(program, first);
  const isReadInBand = accesses.some(
    (other, at) => at !== first && band && bandOf(program, at) === band && reads(other),
  );
  if (isReadInBand) return false;
  if (last < first) return true;
  const { code, reads: others, writes: whole } = accesses[first]!;
  return (
    code !== null &&
    !others.includes(before) &&
    !whole.includes(after) &&
    isInPlace(code, before, after)
  );
}

/** Which outputs lie where which inputs lie; the first `count` of both are the state's leaves. */
export function successorsInPlace(program: Program, count: number): Map<Buffer, Buffer> {
  const places = new Map<Buffer, Buffer>();
  for (const [i, before] of program.inputs.slice(0, count).entries()) {
    const after = program.outputs[i]!;
    if (!places.has(after) && canReplace(program, before, after)) places.set(after, before);
  }
  return places;
}
