/**
 * The safetensors format: an 8-byte little-endian header length, a JSON header, the bytes.
 *
 *   { "name": { "dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end] }, "__metadata__": { … } }
 *
 * Offsets count from the end of the header; tensors are row-major, little-endian, without gaps or overlap.
 * Files open in PyTorch (`safetensors.torch.load_file`) and NumPy (`safetensors.numpy.load_file`).
 * Reading validates everything before it allocates: a file may come from anywhere.
 * Source: https://github.com/huggingface/safetensors, section "Format".
 */
import { type DType, type Tensor, tensor } from "@cotangent/autodiff";
import { dtypes, packBytes, unpackBytes } from "./safetensors-dtypes.ts";

/** Named tensors, and strings about them: the content of a safetensors file. */
export interface NamedTensors {
  readonly tensors: { readonly [name: string]: Tensor };
  readonly metadata: { readonly [key: string]: string };
}

const maxHeaderBytes = 100_000_000;

/**
 * The bytes of a safetensors file.
 *
 * Tensors are laid out by falling item size, then by name, and the header is padded with spaces to a
 * multiple of 8, as the reference implementation does: every tensor is aligned to its item size.
 */
export function encodeSafetensors({ tensors, metadata }: NamedTensors): Uint8Array {
  const order = Object.entries(tensors).sort(
    ([a, x], [b, y]) => dtypes[y.dtype].bytes - dtypes[x.dtype].bytes || (a < b ? -1 : 1),
  );
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set("__metadata__", metadata);
  let end = 0;
  for (const [name, { dtype, shape, size }] of order) {
    if (name === "__metadata__") {
      throw new Error(`safetensors: "__metadata__" is the format's own name; rename the tensor`);
    }
    const begin = end;
    end += size * dtypes[dtype].bytes;
    header.set(name, { dtype: dtypes[dtype].name, shape, data_offsets: [begin, end] });
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8 + json.length, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let offset = start;
  for (const [, x] of order) {
    packBytes(x, bytes, offset);
    offset += x.size * dtypes[x.dtype].bytes;
  }
  return bytes;
}

/**
 * Reads a safetensors file; `source` names it in errors.
 *
 * Throws one sentence for a truncated file, a malformed header, a dtype other than F64, F32, I32, U32
 * and BOOL, a shape that does not match its bytes, and gaps or overlaps between tensors.
 */
export function decodeSafetensors(bytes: Uint8Array, source: string): NamedTensors {
  const fail = (text: string): never => {
    throw new Error(`safetensors: ${source}: ${text}`);
  };
  const { header, start } = readHeader(bytes, fail);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== "string")) {
    return fail("expected __metadata__ to map names to strings");
  }
  const layouts = Object.entries(entries)
    .map(([name, entry]) => readLayout(name, entry, fail))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0;
  for (const { name, begin, end: next } of layouts) {
    if (begin !== end)
      fail(`tensor "${name}" begins at byte ${begin}, expected ${end}: a gap or overlap`);
    end = next;
  }
  if (start + end !== bytes.length) {
    fail(
      `expected ${start + end} bytes, got ${bytes.length}; the file is truncated or has been appended to`,
    );
  }
  const tensors: { [name: string]: Tensor } = Object.create(null);
  for (const { name, dtype, shape, begin, end: next } of layouts) {
    // A copy, made by the constructor: slice of a Node Buffer would share its pool.
    const data = unpackBytes(dtype, new Uint8Array(bytes.subarray(start + begin, start + next)));
    if (data === undefined) return fail(`tensor "${name}" is BOOL with a byte other than 0 and 1`);
    tensors[name] = tensor(data, { shape, dtype });
  }
  return { tensors, metadata: metadata as { [key: string]: string } };
}

type Fail = (text: string) => never;

function readHeader(
  bytes: Uint8Array,
  fail: Fail,
): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8)
    fail(`expected at least 8 bytes, got ${bytes.length}; the file is truncated`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > maxHeaderBytes)
    fail(`header length ${length} exceeds ${maxHeaderBytes}; not a safetensors file`);
  const start = 8 + length;
  if (start > bytes.length) {
    fail(`expected a header of ${length} bytes, got ${bytes.length - 8}; the file is truncated`);
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    return fail("expected a JSON header; not a safetensors file, or a damaged one");
  }
  return isRecord(header) ? { header, start } : fail("expected the header to be a JSON object");
}

interface Layout {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readLayout(name: string, entry: unknown, fail: Fail): Layout {
  const { dtype: dtypeName, shape, data_offsets: offsets } = isRecord(entry) ? entry : {};
  const dtype = (Object.keys(dtypes) as DType[]).find((key) => dtypes[key].name === dtypeName);
  if (dtype === undefined) {
    return fail(
      `tensor "${name}" has dtype ${String(dtypeName)}; expected F64, F32, I32, U32 or BOOL`,
    );
  }
  if (!isSizes(shape)) return fail(`tensor "${name}": expected a shape of non-negative integers`);
  if (!isSizes(offsets)) return fail(`tensor "${name}": expected data_offsets [begin, end]`);
  const [begin = 0, end = 0] = offsets;
  const expected = shape.reduce((size, n) => size * n, dtypes[dtype].bytes);
  if (offsets.length !== 2 || end - begin !== expected) {
    return fail(
      `tensor "${name}" ${String(dtypeName)}[${shape}] takes ${expected} bytes, got ${offsets.join(" … ")}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function isRecord(x: unknown): x is Record<string, unknown> {
  return typeof x === "object" && x !== null && !Array.isArray(x);
}

function isSizes(x: unknown): x is number[] {
  return Array.isArray(x) && x.every((n) => Number.isSafeInteger(n) && n >= 0);
}
