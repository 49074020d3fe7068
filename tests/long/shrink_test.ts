/** MLPerf Tiny's ResNet-8, made smaller by one command on real pictures, within ten minutes of searching. */
import assert from "node:assert/strict";
import { ops } from "../../ops/mod.ts";
import { drafts } from "../../ops/drafts/drafts.ts";
import { typing } from "../engine/cli/typed.ts";
import { testData, testWith } from "../ops/model/test_data.ts";

const network = "mlperf-tiny-resnet-cifar10";
const pictures = testData("cifar10-jpeg");

testWith(
  pictures === undefined ? "cifar10-jpeg" : network,
  "shrink makes ResNet-8 at least four times smaller and loses a point at most",
  async () => {
    await using here = await typing({}, ops, () => Promise.resolve(drafts));
    const model = `${testData(network)!}/tfjs-resnet8/model.json`;
    const { code, out, err } = await here.decant(
      ...["shrink", model, "--data", `${pictures!}/`, "--within", "1pt", "--minutes", "10"],
      ...["--out", "DIR/small", "--cache", "DIR/cache"],
    );
    assert.equal(code, 0, err + out);
    const { models, result } = JSON.parse(
      await Deno.readTextFile(`${here.path}/small/report.json`),
    );
    const of = (name: string) => models.find((row: { name: string }) => row.name === name);
    const [before, after] = [of("model"), of(result)];
    assert.equal(Math.round(before.accuracy * 1000), 751);
    assert.ok(after.accuracy >= before.accuracy - 0.01, `${after.accuracy}`);
    assert.deepEqual([before.bytes.format, after.bytes.format], ["tfjs", "tfjs"]);
    assert.ok(after.bytes.encoded * 4 <= before.bytes.encoded, `${after.bytes.encoded}`);
    assert.ok(after.bytes.gzip * 4 <= before.bytes.gzip, `${after.bytes.gzip} gzipped`);
  },
);
