/** Pictures of 10 GB as floats, made here, train within 1.5 GB of resident memory. */
import assert from "node:assert/strict";
import { SIDE, trainApart, writePictures } from "./large_pictures.ts";

const COUNT = 12_800;
const FLOAT = 4;

Deno.test("10 GB of pictures train within 1.5 GB of memory", async () => {
  assert.ok(COUNT * 3 * SIDE ** 2 * FLOAT > 10e9);
  const folder = await Deno.makeTempDir();
  try {
    await writePictures(folder, COUNT);
    const { ok, problems, peak } = await trainApart(folder, 1e9);
    assert.deepEqual([ok, problems], [true, []]);
    assert.ok(peak < 1.5e9, `${peak} bytes were resident`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
