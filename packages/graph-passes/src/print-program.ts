// Programs as text: one kernel after another, each with its loads, steps and stores.
import type { Buffer, Kernel, Program, ScalarCode, View } from "./program.ts";

const letters = { input: "x", constant: "c", temporary: "t", output: "y", block: "b" } as const;
const name = ({ role, id }: Buffer): string => `${letters[role]}${id}`;
const typed = (buffer: Buffer): string => `${name(buffer)}:${buffer.dtype}[${buffer.shape}]`;

/** `x0` followed by its strides, with the offset in front when there is one. */
const formatView = ({ buffer, offset, strides }: View): string =>
  `${name(buffer)}(${offset ? `${offset}; ` : ""}${strides})`;

function lines({ given, loads, steps, stores }: ScalarCode, head: readonly string[]): string[] {
  const names = [...given.map((_, i) => head[i]!), ...loads.map((view) => formatView(view))];
  const text = steps.map(({ op, inputs, value, dtype }, i) => {
    const label = op === "constant" ? String(Object.is(value, -0) ? "-0" : value) : `v${i}`;
    names.push(label);
    const type = op === "astype" ? `[${dtype}]` : "";
    return op === "constant"
      ? []
      : [`${label} = ${op}${type} ${inputs.map((at) => names[at]).join(" ")}`];
  });
  return [
    ...text.flat(),
    ...stores.map(({ view, value }) => `${formatView(view)} <- ${names[value]}`),
  ];
}

function formatKernel(kernel: Kernel): string[] {
  const indent = (text: readonly string[]) => text.map((line) => `    ${line}`);
  if (kernel.kind === "loop") return [`loop [${kernel.shape}]`, ...indent(lines(kernel.code, []))];
  if (kernel.kind === "zero") return [`zero ${name(kernel.buffer)}`];
  if (kernel.kind === "reduce") {
    const { fold, kept, reduced, code, folded, epilogue } = kernel;
    const before = lines(code, []);
    const constant = code.steps[folded - code.loads.length];
    const isLoad = folded < code.loads.length;
    const value = isLoad
      ? formatView(code.loads[folded]!)
      : constant?.op === "constant"
        ? String(constant.value)
        : `v${folded - code.loads.length}`;
    return [
      `reduce [${kept}] over [${reduced}]`,
      ...indent([...before, `r = ${fold} ${value}`, ...lines(epilogue, ["r"])]),
    ];
  }
  if (kernel.kind === "matmul") {
    const { batch, rows, depth, columns, left, right, epilogue } = kernel;
    const head = `matmul ${batch.length ? `[${batch}] ` : ""}${rows}×${depth}×${columns}`;
    return [
      head,
      ...indent([`p = ${formatView(left)} · ${formatView(right)}`, ...lines(epilogue, ["p"])]),
    ];
  }
  const { equation, inputs, outputs } = kernel;
  return [
    `${equation.primitive.name} ${inputs.map(name).join(" ")} -> ${outputs.map(name).join(" ")}`,
  ];
}

/** The program as text; the same program always prints the same. */
export function printProgram({ inputs, buffers, kernels, outputs, bands = [] }: Program): string {
  const others = buffers.filter(({ role }) => role !== "input");
  const head = [`inputs ${inputs.map(typed).join(" ")}`, `buffers ${others.map(typed).join(" ")}`];
  const body = kernels.flatMap((kernel, i) => [
    ...bands
      .filter(({ first }) => first === i)
      .map((band) => `band ${i} to ${i + band.kernels - 1}, in ${band.blocks} blocks`),
    ...formatKernel(kernel).map((line, n) => (n ? line : `${i} ${line}`)),
  ]);
  return [...head, ...body, `outputs ${outputs.map(name).join(" ")}`].join("\n");
}
