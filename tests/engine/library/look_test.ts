import assert from "node:assert/strict";
import { shippedOps } from "../../../engine/api/language.ts";
import { DecantError } from "../../../engine/error.ts";
import { lookAtData, lookAtModel } from "../../../engine/library/look.ts";
import type { LookOptions } from "../../../engine/library/look_closer.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { drafts } from "../../../ops/drafts/drafts.ts";
import type { Model } from "../../../ops/model/model.ts";
import { writeNumbers, writeThreshold } from "../../ops/drafts/threshold.ts";

async function place() {
  const folder = await Deno.makeTempDir();
  const options: LookOptions = {
    ops: shippedOps(),
    drafts,
    base: `${folder}/`,
    cache: memoryStore(),
    kernels: "wasm",
    threads: 1,
  };
  const named = (from: string) => ({
    from,
    there: true,
    files: [],
    besideModel: [],
    modelFile: (name: string) => name,
  });
  return {
    folder,
    options,
    named,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("a model is read by what its file says, and by the normalisation under which it answers", async () => {
  await using here = await place();
  await writeNumbers(`${here.folder}/numbers.csv`);
  // 39.5 of 0 … 99 as it is stored, and as a share of the largest in train.
  const ways = [["stored", 39.5, "none"], ["share", 0.4, "unit"]] as const;
  for (const [folder, threshold, normalize] of ways) {
    await writeThreshold(`${here.folder}/${folder}`, threshold);
    const from = `./${folder}/model.json`;
    const model = await lookAtModel(from, here.options);
    assert.deepEqual((model as Model).inputs.map(({ shape }) => shape), [[1]]);
    const found = await lookAtData(from, model, here.named("./numbers.csv"), here.options);
    assert.deepEqual(found.data, { from: "./numbers.csv", normalize }, folder);
    assert.equal(found.metrics.accuracy, 1);
    assert.equal(found.metrics.samples, 10);
  }
});

Deno.test("what is no model, and data that a model cannot read, are said as the step says it", async () => {
  await using here = await place();
  await Deno.writeTextFile(`${here.folder}/none.h5`, "no model at all");
  await assert.rejects(lookAtModel("./none.h5", here.options), (error: DecantError) => {
    assert.ok(error instanceof DecantError);
    return /none\.h5/.test(error.message);
  });
  const from = "./stored/model.json";
  await writeThreshold(`${here.folder}/stored`, 39.5);
  const model = await lookAtModel(from, here.options);
  await Deno.writeTextFile(`${here.folder}/wide.csv`, "a,b,c\n1,2,0\n3,4,1\n".repeat(1));
  await assert.rejects(
    lookAtData(from, model, here.named("./wide.csv"), here.options),
    (error: DecantError) => error instanceof DecantError && !error.message.includes("trial"),
  );
});
