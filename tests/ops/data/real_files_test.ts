import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { data } from "../../../ops/data/data.ts";
import type { FileParams } from "../../../ops/data/data_fields.ts";
import { testWith } from "../model/support/test_data.ts";
import { runContext } from "../run_context.ts";

/** The data set in a folder of real files. */
async function loaded(folder: string, more: Partial<FileParams> = {}, only?: string) {
  const files = Object.fromEntries(
    readdirSync(folder).map((
      name,
    ) => [`real/${name}`, new Uint8Array(readFileSync(`${folder}/${name}`))]),
  );
  const params: FileParams = {
    from: only === undefined ? "real/" : `real/${only}`,
    task: "classification",
    split: { validation: 0.1, test: 0.2, by: "label" },
    normalize: { use: "unit" },
    seed: 0,
    ...more,
  };
  return await data.run({}, params, runContext({ files }));
}

testWith(
  "fashion-mnist",
  "Fashion-MNIST's files are read by their names, test apart",
  async (folder) => {
    const { meta, parts } = await loaded(folder);
    assert.deepEqual([meta.input, meta.outputs, meta.type], [[28, 28, 1], 10, "uint8"]);
    assert.deepEqual([parts.train!.count, parts.validation!.count, parts.test!.count], [
      18000,
      2000,
      5000,
    ]);
  },
);

testWith("cifar10-jpeg", "CIFAR records are read from train.bin and test.bin", async (folder) => {
  const { meta, parts } = await loaded(folder);
  assert.deepEqual([meta.input, meta.outputs], [[32, 32, 3], 10]);
  assert.deepEqual([parts.train!.count, parts.validation!.count, parts.test!.count], [
    2250,
    250,
    1000,
  ]);
});

testWith(
  "letter-recognition",
  "a table with its label in the first column is read by that name",
  async (folder) => {
    const columns = { label: "lettr" };
    const { meta, parts } = await loaded(folder, { columns }, "letter-recognition.csv.gz");
    assert.deepEqual([meta.input, meta.classes.join("")], [[16], "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]);
    assert.deepEqual([parts.train!.count, parts.test!.count], [14000, 4000]);
  },
);

testWith("digits-8x8", "a table without a header is read from its first row", async (folder) => {
  const { meta, parts } = await loaded(folder, {}, "digits.csv.gz");
  assert.deepEqual([meta.input, meta.outputs], [[64], 10]);
  assert.equal(parts.train!.count + parts.validation!.count + parts.test!.count, 1797);
});
