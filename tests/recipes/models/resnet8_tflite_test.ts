/** ResNet-8 as an int8 file of TensorFlow Lite, beside the one that its publisher made with TensorFlow. */
import assert from "node:assert/strict";
import { memoryStore } from "../../../mod.ts";
import { testData, testWith } from "../../ops/model/support/test_data.ts";
import { recipe } from "../support/small.ts";

const pictures = testData("cifar10-jpeg");

testWith(
  pictures === undefined ? "cifar10-jpeg" : "mlperf-tiny-resnet-cifar10",
  "an int8 file is no larger than the published one, and answers as often right",
  async () => {
    const folder = testData("mlperf-tiny-resnet-cifar10")!;
    const out = await Deno.makeTempDir();
    const run = await recipe({
      name: "resnet8",
      data: { from: `${pictures!}/`, format: "cifar", normalize: "none" },
      model: { from: `${folder}/pretrainedResnet.tflite` },
      quantize: { scheme: "int8", rules: "tflite" },
      export: ["tflite"],
    }).run({ cache: memoryStore(), out });
    const { size } = await Deno.stat(`${out}/tflite/model.tflite`);
    await Deno.remove(out, { recursive: true });
    assert.deepEqual(run.problems, []);
    assert.ok(size <= (await Deno.stat(`${folder}/pretrainedResnet_quant.tflite`)).size);
    const { check } = run.steps.find(({ name }) => name === "export-tflite")!.notes;
    const { rounding, integers } = check as Record<string, number>;
    assert.ok(rounding! <= 0.5 + 1 / 64 && integers! >= 0.95, `${rounding}, ${integers}`);
    const [float, int8] = ["model", "quantized"].map((of) =>
      run.models.find(({ name }) => name === of)!.accuracy!
    );
    assert.equal(Math.round(float! * 1000) / 1000, 0.751);
    assert.ok(Math.abs(int8! - 0.748) <= 0.005 + 1e-9, `${int8}`);
  },
);
