import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodePngFile } from "../../../engine/deps/fast_png.ts";
import { madeSheet } from "../../../ops/evaluate/made_sheet.ts";

Deno.test("a sheet has what should be made above what is, light by value", async () => {
  const sheet = async (truth: number[], made: number[], shape: number[]) =>
    await madeSheet(Float32Array.from(truth), Float32Array.from(made), shape) as
      | { url: string; width: number; height: number }
      | undefined;
  const found = await sheet([0, 1, 0.5, 0.2], [1, 0, 0, 2], [1, 2, 1]);
  const { url, width, height } = found!;
  assert.deepEqual([width, height], [4, 2]);
  const { data } = decodePngFile(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
  assert.deepEqual([...data], [0, 255, 128, 51, 255, 0, 0, 255]);
  const signed = await sheet([-1, 1], [0, 1], [1, 2, 1]);
  const bytes = Buffer.from(signed!.url.slice(signed!.url.indexOf(",") + 1), "base64");
  assert.deepEqual([...decodePngFile(bytes).data], [0, 255, 128, 255]);
  const below = await sheet([-3, 1], [3, 0], [1, 2, 1]);
  const clipped = Buffer.from(below!.url.split(",")[1]!, "base64");
  assert.deepEqual([...decodePngFile(clipped).data], [0, 255, 255, 128]);
  assert.equal(url.slice(0, url.indexOf(",")), "data:image/png;base64");
  assert.equal(await sheet([1, 2], [3, 4], [2]), undefined);
  assert.equal(await sheet([1, 2], [3, 4], [1, 1, 1, 2]), undefined);
  const dark = await sheet([0, 1], [-1, 1], [1, 2, 1]);
  const { data: mixed } = decodePngFile(Buffer.from(dark!.url.split(",")[1]!, "base64"));
  assert.deepEqual([...mixed], [128, 255, 0, 255]);
});

/** The sheet of ones: what should be made and what was alike. */
async function sheetOf(count: number, shape: readonly number[]) {
  const values = new Float32Array(count * shape.reduce((a, b) => a * b)).fill(1);
  return await madeSheet(values, values, shape) as { url: string; width: number; height: number };
}

Deno.test("ten samples are shown at most, side by side", async () => {
  const sizes = await Promise.all([3, 10, 25].map((count) => sheetOf(count, [4, 2, 3])));
  assert.deepEqual(sizes.map(({ width, height }) => [width, height]), [[6, 8], [20, 8], [20, 8]]);
});

Deno.test("two channels are no picture", async () => {
  assert.equal(await sheetOf(1, [4, 2, 2]), undefined);
});

Deno.test("colours stay with their pixels, rows with their samples", async () => {
  // Two samples of 2 rows × 1 column × 3 colours.
  const values = Float32Array.from({ length: 12 }, (_, i) => i / 255);
  const found = await madeSheet(values, values, [2, 1, 3]) as { url: string };
  const { data } = decodePngFile(Buffer.from(found.url.split(",")[1]!, "base64"));
  const half = [0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11];
  assert.deepEqual([...data], [...half, ...half]);
});
