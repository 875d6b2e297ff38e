// What a compiled function costs: counted from its program, and measured when asked.
import type { Kernel, ScalarCode, View } from "@cotangent/graph-passes";
import { bytesPer } from "../codegen/vectors.ts";
import type { Entry } from "./entry.ts";
import { compileError, requireOptions, told } from "./errors.ts";
import type { BuildTimes } from "./prepare.ts";

export interface StatsOptions {
  /** Runs all kernels this many times, beginning with what the last call left, and reports the median time of each. */
  readonly measure?: number;
}

export interface KernelStats {
  readonly name: string;
  readonly kind: Kernel["kind"];
  /** What is fused in it, in order; `matmul` and `sum` among them. */
  readonly operations: readonly string[];
  /** Multiplications and additions; any other scalar operation counts as one. */
  readonly flops: number;
  /** Bytes read and written, each element once. */
  readonly bytes: number;
  readonly milliseconds?: number;
}

export interface Stats {
  readonly flops: number;
  readonly bytes: number;
  /** Bytes of memory: buffers, scratch, and what each thread has for itself. */
  readonly arenaBytes: number;
  readonly moduleBytes: number;
  /** Threads that take part at the moment: fewer than asked for until all have started. */
  readonly threads: number;
  readonly kernels: readonly KernelStats[];
  /** Milliseconds of the first call, by part. */
  readonly firstCall: BuildTimes;
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Bytes that a view touches in a space of the given shape: axes with stride 0 are read once. */
const touched = ({ buffer, strides }: View, shape: readonly number[]): number =>
  product(shape.filter((_, axis) => strides[axis] !== 0)) * bytesPer(buffer.dtype);

const traffic = ({ loads, stores }: ScalarCode, shape: readonly number[]): number =>
  [...loads, ...stores.map(({ view }) => view)].reduce(
    (sum, view) => sum + touched(view, shape),
    0,
  );

const stepsOf = ({ steps }: ScalarCode): string[] =>
  steps.flatMap(({ op }) => (op === "constant" ? [] : [op]));

function describe(name: string, kernel: Kernel): KernelStats {
  const { kind } = kernel;
  switch (kind) {
    case "loop": {
      const operations = stepsOf(kernel.code);
      const flops = operations.length * product(kernel.shape);
      return { name, kind, operations, flops, bytes: traffic(kernel.code, kernel.shape) };
    }
    case "reduce": {
      const { kept, reduced, code, epilogue, fold } = kernel;
      const [terms, results] = [stepsOf(code), stepsOf(epilogue)];
      const flops =
        (terms.length + 1) * product([...kept, ...reduced]) + results.length * product(kept);
      const bytes = traffic(code, [...kept, ...reduced]) + traffic(epilogue, kept);
      return { name, kind, operations: [...terms, fold, ...results], flops, bytes };
    }
    case "matmul": {
      const { batch, rows, depth, columns, left, right, epilogue } = kernel;
      const results = [...batch, rows, columns];
      const operations = ["matmul", ...stepsOf(epilogue)];
      const flops = (2 * depth + operations.length - 1) * product(results);
      const bytes =
        touched(left, [...batch, rows, depth]) +
        touched(right, [...batch, depth, columns]) +
        traffic(epilogue, results);
      return { name, kind, operations, flops, bytes };
    }
    case "zero":
      return { name, kind, operations: ["zero"], flops: 0, bytes: bytesOf(kernel.buffer) };
    case "equation": {
      const buffers = [...kernel.inputs, ...kernel.outputs];
      const bytes = buffers.reduce((sum, buffer) => sum + bytesOf(buffer), 0);
      return { name, kind, operations: [kernel.equation.primitive.name], flops: 0, bytes };
    }
  }
}

const bytesOf = ({ shape, dtype }: View["buffer"]): number => product(shape) * bytesPer(dtype);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1]!;

export function statsOf(entry: Entry, options: StatsOptions): Stats {
  requireOptions("options of stats", options, ["measure"]);
  const { measure = 0 } = options;
  if (!Number.isInteger(measure) || measure < 0)
    throw compileError(`expected measure to be a count of runs, got ${told(measure)}`);
  const { executable, times } = entry.prepared;
  const { generated, moduleBytes } = executable;
  const runs = measure > 0 ? entry.measure(measure) : [];
  const kernels = generated.kernels.map(({ name, kernel }, i): KernelStats => {
    const counted = describe(name, kernel);
    return measure > 0 ? { ...counted, milliseconds: median(runs.map((run) => run[i]!)) } : counted;
  });
  const total = (f: (kernel: KernelStats) => number): number =>
    kernels.reduce((sum, kernel) => sum + f(kernel), 0);
  return {
    flops: total(({ flops }) => flops),
    bytes: total(({ bytes }) => bytes),
    arenaBytes: executable.arenaBytes,
    moduleBytes,
    threads: executable.threads,
    kernels,
    firstCall: times,
  };
}
