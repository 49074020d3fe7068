/**
 * MLPerf Tiny's ResNet-8, small and large, as a stranger would bring them: a tfjs layers-model and CIFAR-10 records. Of the
 * 1,000 test pictures its publisher's TFLite files read 75.1 and 79.7 % in float, and 74.8 and 79.6 % in their own int8.
 */
import assert from "node:assert/strict";
import { memoryStore } from "../../../mod.ts";
import { testData, testWith } from "../../ops/model/support/test_data.ts";
import { recipe } from "./small.ts";

/** A test that one of them reads `float` of the pictures, and as int8 within half a point as many. */
export function testInt8(name: string, float: number): void {
  const folder = `mlperf-tiny-resnet-cifar10/${name}`;
  const pictures = testData("cifar10-jpeg");
  testWith(
    pictures === undefined ? "cifar10-jpeg" : folder,
    `${name} reads as many pictures as its publisher's float file, and as int8 within half a point of them`,
    async () => {
      const run = await recipe({
        name: "resnet8",
        data: { from: `${pictures!}/`, format: "cifar", normalize: "none" },
        model: { from: `${testData(folder)!}/model.json` },
        quantize: { scheme: "int8" },
        export: ["tfjs", "onnx"],
        expect: ["result.bytes <= model.bytes / 2.5"],
      }).run({ cache: memoryStore() });
      assert.deepEqual(run.problems, []);
      assert.ok(run.ok, JSON.stringify(run.expect));
      const { check } = run.steps.find(({ name }) => name === "export-onnx")!.notes;
      // To the bit, in all of 64 pictures.
      const { samples, difference, agreement } = check as Record<string, number>;
      assert.deepEqual([samples, difference, agreement], [64, 0, 1]);
      const accuracy = (of: string) => run.models.find((each) => each.name === of)!.accuracy!;
      assert.equal(Math.round(accuracy("model") * 1000) / 1000, float);
      const int8 = accuracy("quantized");
      assert.ok(Math.abs(int8 - float) <= 0.005 + 1e-9, `int8 ${int8}, float ${float}`);
    },
  );
}
