/** Deep Compression as it ships, cut small: the bytes are those of the file, whatever the model has learned. */
import assert from "node:assert/strict";
import { memoryStore } from "../../mod.ts";
import { decodePacked } from "../../ops/formats/packed/packed.ts";
import { decodeWeight } from "../../ops/model/weights.ts";
import { recipe, shipped, small } from "./support/small.ts";

Deno.test("LeNet-300-100 is packed into a thirtieth of its bytes, and comes out with its zeros and shared values", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const run = await recipe(small(await shipped("papers/deep-compression"))).run({
      cache: memoryStore(),
      out: folder,
    });
    assert.deepEqual(run.problems, []);
    const file = await Deno.readFile(`${folder}/packed/model.packed`);
    const [result] = run.models.filter(({ name }) => name === "clustered");
    assert.deepEqual(result!.bytes!.encoded, file.length);
    assert.equal(result!.bytes!.raw, 1_066_440);
    assert.ok(file.length * 30 <= 1_066_440, `${file.length} bytes`);
    const { weights } = decodePacked(file);
    const kernels = ["dense1", "dense2", "head.dense"].map((layer) =>
      decodeWeight(weights[`${layer}/kernel`]!)
    );
    const left = kernels.map((values) => values.filter((value) => value !== 0).length);
    assert.deepEqual(left, [0.06 * 235_200, 0.06 * 30_000, 0.26 * 1000]);
    for (const values of kernels) assert.ok(new Set(values).size <= 65);
    assert.equal(result!.nonzero! < 20_000, true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
