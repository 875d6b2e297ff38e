// A module in the binary format: sections in their fixed order, each its number, its size and its entries.
// Source: WebAssembly core specification 2.0, section 5.5 "Modules".

import { encodeFunction, TYPE_CODES } from "./encode.ts";
import type { ValueType } from "./instructions.ts";
import { signed, unsigned } from "./leb128.ts";
import type { MemoryOptions, ModuleParts } from "./module-parts.ts";
import type { FunctionRef } from "./nodes.ts";
import { ByteWriter } from "./writer.ts";

const SECTION = {
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  export: 7,
  code: 10,
  data: 11,
} as const;
const FUNCTION = 0;
const MEMORY = 2;
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
};

const valueTypes = (types: readonly ValueType[]): number[] => [
  ...unsigned(types.length),
  ...types.map((type) => TYPE_CODES[type]),
];

const limits = ({ pages, maximum, shared }: MemoryOptions): number[] => [
  (maximum === undefined ? 0 : 1) | (shared ? 2 : 0),
  ...unsigned(pages),
  ...(maximum === undefined ? [] : unsigned(maximum)),
];

/** Numbers function types in the order in which they are asked for. */
function typeTable(): { entries: number[][]; indexOf: (ref: FunctionRef) => number[] } {
  const entries: number[][] = [];
  const indices = new Map<string, number>();
  const indexOf = ({ params, results }: FunctionRef): number[] => {
    const key = `${params}>${results}`;
    if (!indices.has(key)) {
      indices.set(key, entries.length);
      entries.push([0x60, ...valueTypes(params), ...valueTypes(results)]);
    }
    return unsigned(indices.get(key)!);
  };
  return { entries, indexOf };
}

/** The bytes that `WebAssembly.Module` takes. */
export function encodeModule({
  memory,
  imports,
  functions,
  exports,
  data,
}: ModuleParts): Uint8Array<ArrayBuffer> {
  // Imported functions come first in the numbering, whenever they were declared.
  const refs = [...imports, ...functions].map(({ ref }) => ref);
  const indices = new Map(refs.map((ref, index) => [ref, index]));
  const indexOf = (ref: FunctionRef): number => {
    const index = indices.get(ref);
    if (index !== undefined) return index;
    throw new TypeError(`call $${ref.name}: not a function of this module`);
  };

  const types = typeTable();
  const importEntries = imports.map(({ ref, module, name }) => [
    ...text(module),
    ...text(name),
    FUNCTION,
    ...types.indexOf(ref),
  ]);
  if (memory?.import) {
    const { module, name } = memory.import;
    importEntries.push([...text(module), ...text(name), MEMORY, ...limits(memory)]);
  }
  const functionEntries = functions.map(({ ref }) => types.indexOf(ref));
  const exportEntries = exports.map(([name, ref]) => [
    ...text(name),
    FUNCTION,
    ...unsigned(indexOf(ref)),
  ]);
  if (memory?.export !== undefined) exportEntries.push([...text(memory.export), MEMORY, 0]);

  const out = new ByteWriter();
  out.append(HEADER);
  const section = <T>(
    id: number,
    entries: readonly T[],
    write: (content: ByteWriter, entry: T) => void,
  ): void => {
    if (entries.length === 0) return;
    const content = new ByteWriter();
    content.unsigned(entries.length);
    for (const entry of entries) write(content, entry);
    out.byte(id);
    out.sized(content);
  };
  const verbatim = (content: ByteWriter, entry: readonly number[]): void => content.append(entry);
  section(SECTION.type, types.entries, verbatim);
  section(SECTION.import, importEntries, verbatim);
  section(SECTION.function, functionEntries, verbatim);
  section(SECTION.memory, memory && !memory.import ? [limits(memory)] : [], verbatim);
  section(SECTION.export, exportEntries, verbatim);
  section(SECTION.code, functions, (content, { ref, locals, body }) =>
    encodeFunction(ref.params.length, body, { name: ref.name, locals, indexOf }, content),
  );
  section(SECTION.data, data, (content, { offset, bytes }) => {
    content.append([0, 0x41, ...signed(offset), 0x0b]);
    content.unsigned(bytes.length);
    content.append(bytes);
  });
  return out.toBytes();
}
