// A module in the binary format: sections in their fixed order, each its number, its size and its entries.
// Source: WebAssembly core specification 2.0, section 5.5 "Modules".

import { TYPE_CODES } from "./encode.ts";
import type { ValueType } from "./instructions.ts";
import { signed } from "./leb128.ts";
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

const encoder = new TextEncoder();

function writeText(out: ByteWriter, value: string): void {
  const bytes = encoder.encode(value);
  out.unsigned(bytes.length);
  out.append(bytes);
}

function writeTypes(out: ByteWriter, types: readonly ValueType[]): void {
  out.unsigned(types.length);
  for (const type of types) out.byte(TYPE_CODES[type]);
}

function writeLimits(out: ByteWriter, { pages, maximum, shared }: MemoryOptions): void {
  out.byte((maximum === undefined ? 0 : 1) | (shared ? 2 : 0));
  out.unsigned(pages);
  if (maximum !== undefined) out.unsigned(maximum);
}

/** One function of each type, in the order in which they come first, and the number of each function's type. */
function typesOf(refs: readonly FunctionRef[]): { types: FunctionRef[]; indices: number[] } {
  const types: FunctionRef[] = [];
  const known = new Map<string, number>();
  const indices = refs.map((ref) => {
    const key = `${ref.params}>${ref.results}`;
    const index = known.get(key) ?? types.push(ref) - 1;
    known.set(key, index);
    return index;
  });
  return { types, indices };
}

/** The bytes that `WebAssembly.Module` takes. */
export function encodeModule(
  { memory, imports, functions, code, exports, data }: ModuleParts,
  numbers: ReadonlyMap<FunctionRef, number>,
): Uint8Array<ArrayBuffer> {
  const { types, indices } = typesOf([...imports.map(({ ref }) => ref), ...functions]);
  const memories = memory ? [memory] : [];
  const imported = memories.filter((each) => each.import);
  const exported = memories.filter((each) => each.export !== undefined);

  const out = new ByteWriter();
  out.append(HEADER);
  /** A section of some lists of entries; none, if there are none. */
  const section = (id: number, count: number, write: (content: ByteWriter) => void): void => {
    if (count === 0) return;
    const content = new ByteWriter();
    content.unsigned(count);
    write(content);
    out.byte(id);
    out.sized(content);
  };
  section(SECTION.type, types.length, (content) => {
    for (const { params, results } of types) {
      content.byte(0x60);
      writeTypes(content, params);
      writeTypes(content, results);
    }
  });
  section(SECTION.import, imports.length + imported.length, (content) => {
    const name = (from: { readonly module: string; readonly name: string }, kind: number): void => {
      writeText(content, from.module);
      writeText(content, from.name);
      content.byte(kind);
    };
    for (const [i, entry] of imports.entries()) {
      name(entry, FUNCTION);
      content.unsigned(indices[i]!);
    }
    for (const options of imported) {
      name(options.import!, MEMORY);
      writeLimits(content, options);
    }
  });
  section(SECTION.function, functions.length, (content) => {
    for (const index of indices.slice(imports.length)) content.unsigned(index);
  });
  const own = memories.filter((each) => !each.import);
  section(SECTION.memory, own.length, (content) => {
    for (const options of own) writeLimits(content, options);
  });
  section(SECTION.export, exports.length + exported.length, (content) => {
    for (const [name, ref] of exports) {
      writeText(content, name);
      content.byte(FUNCTION);
      content.unsigned(numbers.get(ref)!);
    }
    for (const options of exported) {
      writeText(content, options.export!);
      content.append([MEMORY, 0]);
    }
  });
  section(SECTION.code, functions.length, (content) => content.append(code.written()));
  section(SECTION.data, data.length, (content) => {
    for (const { offset, bytes } of data) {
      content.append(signed(offset, [0, 0x41]));
      content.byte(0x0b);
      content.unsigned(bytes.length);
      content.append(bytes);
    }
  });
  return out.toBytes();
}
