// The text of kernels: sums take every term once, in order, and indices are never declared.
import { expect, test } from "vitest";
import { backwardInput, backwardWeight, denseForward } from "../../src/kernels/index.ts";
import { kernelText, sum } from "../../src/template.ts";

/** The indices that a sum's text reads, in order, by running it as JavaScript. */
function indicesOf(count: number): number[] {
  const read: number[] = [];
  const body = `${sum("total", "k", count, "take(k)")}\nreturn total;`;
  const total = new Function("take", body)((k: number) => {
    read.push(k);
    return k;
  });
  expect(total).toBe((count * (count - 1)) / 2);
  return read;
}

test("a sum takes every term once and in order, whatever its length", () => {
  for (const count of [1, 2, 7, 8, 9, 15, 63, 64, 65, 71, 72, 100, 128, 129, 200, 2503])
    expect(indicesOf(count)).toEqual(Array.from({ length: count }, (_, k) => k));
});

test("places are written out, names that only contain them are not", () => {
  const { source } = kernelText({
    name: "places",
    inputs: { rows: [2, 3], column_weights: [3, 1] },
    output: [2, 3],
    body: "return rows[row][column] * column_weights[column][0] + this.constants.row;",
  });
  expect(source).toContain(
    "rows[this.thread.y][this.thread.x] * column_weights[this.thread.x][0] + this.constants.row",
  );
});

test("products declare no index: gpu.js would make it an f32, and convert it at every read", () => {
  const sizes = { batch: 100, inputs: 130, outputs: 70 };
  for (const { source } of [denseForward(sizes), backwardInput(sizes), backwardWeight(sizes)]) {
    const declared = [...source.matchAll(/(?:let|const) (\w+) = ([^;]*);/g)];
    // Sums start at 0.0; counters, which start at 0, go on by ++ alone.
    for (const [, name, start] of declared)
      expect(start === "0.0" || source.includes(`${name}++`), `${name} = ${start}`).toBe(true);
  }
});
