/** A model that Keras saved, taken as it is: trained on, pruned, quantized and written for two runtimes. */
import assert from "node:assert/strict";
import { memoryStore } from "../../../mod.ts";
import { savedBytes } from "../../ops/formats/keras/support/saved.ts";
import { recipe } from "../support/small.ts";
import { testData, testWith } from "../../ops/model/support/test_data.ts";

Deno.test("a network of Keras with swish, PReLU, products and maxima loses channels, becomes integers and is exported", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/net.keras`, savedBytes("net_squeeze.keras"));
    const run = await recipe({
      name: "from-keras",
      data: { use: "digits", limit: 400 },
      model: { from: `${folder}/net.keras`, train: { epochs: 2 } },
      prune: { granularity: "channel", ratio: 0.25, finetune: { epochs: 1 } },
      quantize: { scheme: "int8" },
      export: ["tfjs", "onnx"],
    }).run({ cache: memoryStore() });
    assert.deepEqual(run.problems, []);
    const [model, pruned] = ["model", "pruned"].map((name) =>
      run.models.find((each) => each.name === name)!
    );
    assert.ok(pruned!.parameters! < model!.parameters! * 0.9, `${pruned!.parameters} parameters`);
    for (const format of ["tfjs", "onnx"]) {
      const { check } = run.steps.find(({ name }) => name === `export-${format}`)!.notes;
      assert.equal((check as { agreement?: number }).agreement, 1, format);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const file = "mlperf-tiny-resnet-cifar10/pretrainedResnet.h5";
const pictures = testData("cifar10-jpeg");

testWith(
  pictures === undefined ? "cifar10-jpeg" : file,
  "the publisher's .h5 of ResNet-8 reads as many pictures as its TFLite file",
  async () => {
    const run = await recipe({
      name: "resnet8",
      data: { from: `${pictures!}/`, format: "cifar", normalize: "none" },
      model: { from: testData(file)! },
    }).run({ cache: memoryStore() });
    assert.deepEqual(run.problems, []);
    const [model] = run.models;
    assert.equal(Math.round(model!.accuracy! * 1000) / 1000, 0.751);
  },
);
