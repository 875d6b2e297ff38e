import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { typeErrors } from "./check-types.ts";
import { documents, root } from "./documents.ts";

const untyped = join(root, "test/docs/fixtures/untyped.md");
const errors = typeErrors([untyped, ...documents()]);

test("the code of every document type-checks", () => {
  const own = relative(root, untyped);
  expect(errors.filter((error) => !error.startsWith(own))).toEqual([]);
});

test("a type error in a document is reported with its line", () => {
  const own = errors.filter((error) => error.startsWith(relative(root, untyped)));
  expect(own).toEqual([
    "test/docs/fixtures/untyped.md:8: TS2322: Type 'number' is not assignable to type 'string'.",
  ]);
});
