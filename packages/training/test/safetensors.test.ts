import { tensor } from "@cotangent/autodiff";
import { decodeSafetensors, encodeSafetensors } from "@cotangent/training";
import fc from "fast-check";
import { expect, test } from "vitest";

/** A file put together from its three parts, as the format's specification has them. */
function file(header: string, data: readonly number[], length = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data.length);
  bytes[0] = length & 255;
  bytes[1] = (length >> 8) & 255;
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

/** One number of each dtype, written out by hand; little-endian. */
const header =
  '{"__metadata__":{"by":"hand"},' +
  '"d":{"dtype":"F64","shape":[],"data_offsets":[0,8]},' +
  '"i":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},' +
  '"s":{"dtype":"F32","shape":[2,1],"data_offsets":[12,20]},' +
  '"u":{"dtype":"U32","shape":[1],"data_offsets":[20,24]},' +
  '"b":{"dtype":"BOOL","shape":[3],"data_offsets":[24,27]}}';
const data = [
  ...[0, 0, 0, 0, 0, 0, 0xf8, 0x3f], // 1.5 = 0x3ff8000000000000
  ...[0xfe, 0xff, 0xff, 0xff], // −2
  ...[0, 0, 0x80, 0x3f], // 1 = 0x3f800000
  ...[0, 0, 0x20, 0xc0], // −2.5 = 0xc0200000
  ...[0xff, 0xff, 0xff, 0xff], // 2³² − 1
  ...[1, 0, 1],
];
const padded = header + " ".repeat((8 - (header.length % 8)) % 8);

const content = {
  tensors: {
    b: tensor([true, false, true]),
    u: tensor([2 ** 32 - 1], { dtype: "u32" }),
    s: tensor([[1], [-2.5]], { dtype: "f32" }),
    i: tensor([-2], { dtype: "i32" }),
    d: tensor(1.5),
  },
  metadata: { by: "hand" },
};

test("the bytes written are those of the specification, header padded to 8, widest dtype first", () => {
  expect(encodeSafetensors(content)).toEqual(file(padded, data));
});

test("a file written by hand is read: values, shapes, dtypes and metadata", () => {
  const { tensors, metadata } = decodeSafetensors(file(header, data), "x");
  expect(metadata).toEqual({ by: "hand" });
  for (const [name, expected] of Object.entries(content.tensors)) {
    const got = tensors[name];
    expect([got?.dtype, got?.shape, got?.toArray()], name).toEqual([
      expected.dtype,
      expected.shape,
      expected.toArray(),
    ]);
  }
});

test("reading what was written gives the same bits, for any tensors, NaN payloads included", () => {
  const words = fc.array(fc.integer(), { maxLength: 12 }).map((list) => Int32Array.from(list));
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), words),
      fc.dictionary(fc.string(), fc.string()),
      (x, m) => {
        fc.pre(!Object.hasOwn(x, "__metadata__") && !Object.hasOwn(m, "__proto__"));
        const tensors = Object.fromEntries(
          Object.entries(x).map(([name, list]) => [name, tensor(new Float32Array(list.buffer))]),
        );
        const back = decodeSafetensors(encodeSafetensors({ tensors, metadata: m }), "x");
        expect(Object.keys(back.tensors).toSorted()).toEqual(Object.keys(x).toSorted());
        for (const [name, list] of Object.entries(x)) {
          const { buffer } = back.tensors[name]?.data ?? {};
          expect([...new Int32Array(buffer as ArrayBuffer)]).toEqual([...list]);
        }
        expect({ ...back.metadata }).toEqual({ ...m });
      },
    ),
  );
});

test("every tensor starts at a multiple of its item size", () => {
  const bytes = encodeSafetensors(content);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const entries = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  for (const { dtype, data_offsets } of Object.values(entries).slice(1)) {
    expect(data_offsets[0] % (Number(dtype.slice(1)) / 8 || 1)).toBe(0);
  }
});

test("a file cut anywhere, or with bytes appended, is refused", () => {
  const whole = encodeSafetensors(content);
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => decodeSafetensors(whole.slice(0, length), "cut.safetensors")).toThrow(
      /^safetensors: cut\.safetensors: .*truncated/,
    );
  }
  expect(() => decodeSafetensors(new Uint8Array([...whole, 0]), "x")).toThrow("appended");
});

const entry = (fields: string) => `{"a":{${fields}}}`;

test.each([
  ["not JSON", "{not json", [], "expected a JSON header"],
  ["no object", "[1]", [], "expected the header to be a JSON object"],
  [
    "an unknown dtype",
    entry('"dtype":"BF16","shape":[1],"data_offsets":[0,2]'),
    [0, 0],
    'tensor "a" has dtype BF16; expected F64, F32, I32, U32 or BOOL',
  ],
  [
    "a shape that is none",
    entry('"dtype":"F32","shape":[-1],"data_offsets":[0,4]'),
    [0, 0, 0, 0],
    "expected a shape of non-negative integers",
  ],
  [
    "a shape of other bytes",
    entry('"dtype":"F32","shape":[2],"data_offsets":[0,4]'),
    [0, 0, 0, 0],
    'tensor "a" F32[2] takes 8 bytes',
  ],
  [
    "a shape whose size overflows",
    entry('"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]'),
    [0, 0, 0, 0],
    "takes 73786976294838210000 bytes",
  ],
  [
    "a gap",
    entry('"dtype":"BOOL","shape":[1],"data_offsets":[1,2]'),
    [0, 0],
    'tensor "a" begins at byte 1, expected 0: a gap or overlap',
  ],
  [
    "an overlap",
    '{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"BOOL","shape":[2],"data_offsets":[1,3]}}',
    [0, 0, 0],
    'tensor "b" begins at byte 1, expected 2: a gap or overlap',
  ],
  [
    "a BOOL of 2",
    entry('"dtype":"BOOL","shape":[1],"data_offsets":[0,1]'),
    [2],
    'tensor "a" is BOOL with a byte other than 0 and 1',
  ],
  ["metadata that is no text", '{"__metadata__":{"a":1}}', [], "expected __metadata__ to map"],
] as const)("a header with %s is refused", (_, text, bytes, message) => {
  expect(() => decodeSafetensors(file(text, bytes), "x")).toThrow(message);
});

test("a header longer than the file, or than any header may be, is refused before it is read", () => {
  expect(() => decodeSafetensors(file("{}", [], 500), "x")).toThrow(
    "expected a header of 500 bytes, got 2; the file is truncated",
  );
  const huge = new Uint8Array(16).fill(255);
  expect(() => decodeSafetensors(huge, "x")).toThrow("not a safetensors file");
});

test("the name __metadata__ is the format's own", () => {
  const tensors = { __metadata__: tensor(1) };
  expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow("rename the tensor");
});
