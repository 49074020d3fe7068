import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { keras } from "../../../../ops/formats/keras/format.ts";
import { load } from "../../../../ops/formats/load.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { assertClose, softmaxRows } from "../../../close.ts";
import { testWith } from "../../model/support/test_data.ts";
import { runContext } from "../../run_context.ts";
import { answers, savedBytes } from "./support/saved.ts";

/** What `load` makes of a file. */
async function loaded(file: string, bytes: Uint8Array): Promise<Model> {
  const context = runContext({ files: { [file]: bytes } });
  return await load.run({}, { from: file, preserve: [] }, context) as Model;
}

for (const name of ["net_images", "net_rows", "net_words"]) {
  Deno.test(`a model that Keras saved in either form answers as it did: ${name}`, async () => {
    const { inputs: [x], outputs: [y] } = answers[name]!;
    for (const file of [`${name}.h5`, `${name}.keras`]) {
      const model = await loaded(file, savedBytes(file));
      const logits = await withTensors((room) =>
        inferLogits(room, model, { count: 2, x: Float32Array.from(x!), y: null })
      );
      const found = model.head === "softmax" ? softmaxRows(logits, logits.length / 2) : logits;
      assertClose(found, y!, 1e-5);
    }
  });
}

Deno.test("both forms of a model are the same layers and weights", async () => {
  const [one, other] = await Promise.all(
    ["h5", "keras"].map(async (form) => {
      const file = `net_images.${form}`;
      return await loaded(file, savedBytes(file));
    }),
  );
  assert.deepEqual(one!.layers, other!.layers);
  assert.deepEqual(one!.weights, other!.weights);
  assert.ok(one!.layers.some(({ name }) => name.startsWith("inner.")));
});

Deno.test("a file is known by how it begins, an archive by the names in it too", () => {
  const latin = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
  assert.ok(keras.magic!(savedBytes("net_rows.h5")));
  assert.ok(keras.magic!(savedBytes("net_rows.keras")));
  assert.ok(keras.magic!(latin(`PK\x03\x04${"-".repeat(70_000)}model.weights.h5`)));
  assert.ok(!keras.magic!(latin("PK\x03\x04model.json")));
  assert.ok(!keras.magic!(latin("metadata.json")));
  assert.ok(!keras.magic!(latin("\x88HDF\r\n\x1a\n")));
});

Deno.test("nothing lies beside such a file", () => {
  assert.deepEqual(keras.read!.beside(savedBytes("net_rows.h5"), "net_rows.h5"), []);
});

testWith(
  "mlperf-tiny-resnet-cifar10",
  "a published ResNet-8 answers the same from .h5 as from a layers-model",
  async (folder) => {
    const read = (path: string) => Deno.readFile(`${folder}/${path}`);
    const h5 = await loaded("r.h5", await read("pretrainedResnet.h5"));
    const files: Record<string, Uint8Array> = {};
    for await (const { name } of Deno.readDir(`${folder}/tfjs-resnet8`)) {
      files[`net/${name}`] = await read(`tfjs-resnet8/${name}`);
    }
    const tfjs = await load.run({}, { from: "net", preserve: [] }, runContext({ files })) as Model;
    const x = Float32Array.from({ length: 4 * 3072 }, (_, i) => i * 7919 % 256);
    const [one, other] = await withTensors(async (room) => [
      await inferLogits(room, h5, { count: 4, x, y: null }),
      await inferLogits(room, tfjs, { count: 4, x, y: null }),
    ]);
    assertClose(one!, other!, 1e-4);
  },
);
