/** MLPerf Tiny's ResNet-8, made smaller by one command on real pictures, within ten minutes of searching. */
import assert from "node:assert/strict";
import { ops } from "../../ops/mod.ts";
import { drafts } from "../../ops/drafts/drafts.ts";
import { typing } from "../engine/cli/typed.ts";
import { testData, testWith } from "../ops/model/support/test_data.ts";

const network = "mlperf-tiny-resnet-cifar10";
const pictures = testData("cifar10-jpeg");

/**
 * How many times smaller, at least. ONNX files have names and scales that take an eighth of one of this size, and the share
 * of channels that would make up for that costs more than a point in the time.
 */
const TIMES = { tfjs: 4, tflite: 4, onnx: 3.8 } as const;

for (const [format, times] of Object.entries(TIMES)) {
  testWith(
    pictures === undefined ? "cifar10-jpeg" : network,
    `shrink --for ${format} makes ResNet-8 ${times} times smaller and loses a point at most`,
    async () => {
      await using here = await typing({}, ops, () => Promise.resolve(drafts));
      const model = `${testData(network)!}/tfjs-resnet8/model.json`;
      const { code, out, err } = await here.decant(
        ...["shrink", model, "--data", `${pictures!}/`, "--within", "1pt", "--minutes", "10"],
        ...["--for", format, "--out", "DIR/small", "--cache", "DIR/cache"],
      );
      assert.equal(code, 0, err + out);
      const { models, result } = JSON.parse(
        await Deno.readTextFile(`${here.path}/small/report.json`),
      );
      const of = (name: string) => models.find((row: { name: string }) => row.name === name);
      const [before, after] = [of("model"), of(result)];
      assert.equal(Math.round(before.accuracy * 1000), 751);
      assert.ok(after.accuracy >= before.accuracy - 0.01, `${after.accuracy}`);
      assert.deepEqual([before.bytes.format, after.bytes.format], ["tfjs", format]);
      assert.ok(after.bytes.encoded * times <= before.bytes.encoded, `${after.bytes.encoded}`);
      assert.ok(after.bytes.gzip * times <= before.bytes.gzip, `${after.bytes.gzip} gzipped`);
    },
  );
}
