/**
 * Somebody's pretrained model and a folder of photos (language part 2, recipe 10), with the MobileNet and the two photos
 * of `DECANT_TEST_DATA`, which show a cat and a chickadee.
 */
import assert from "node:assert/strict";
import { load } from "../../mod.ts";
import { resizePicture } from "../../ops/data/images/resize.ts";
import { testWith } from "../ops/model/support/test_data.ts";
import { bitmap, FOLDER, photos, SOURCE } from "./support/photos.ts";

const RECIPE = `decant: 1
name: photos
data:
  from: ./photos/
  format: images
  classes: ./labels.txt
  split: { validation: 0, test: 0.5 }
  resize: [128, 128]
  normalize: { use: range, low: -1, high: 1 }
model: { from: ${SOURCE}/tfjs/model.json }
quantize:
  scheme: int8
  calibrate: { use: percentile, percentile: 99.99, samples: 256 }
  bias_correction: measured
export: [tfjs, onnx]
expect:
  - result.agreement >= 75 %
  - result.bytes <= model.bytes / 3.4
`;

testWith(FOLDER, "a pretrained MobileNet names the two photos, and as int8 too", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await photos(folder);
    // One name of the published list is there twice; no photo shows either.
    await Deno.copyFile(`${SOURCE}/imagenet_labels.txt`, `${folder}/labels.txt`);
    const labels = (await Deno.readTextFile(`${folder}/labels.txt`)).trim().split("\n");
    await Deno.writeTextFile(`${folder}/photos.yaml`, RECIPE);
    const recipe = await load(`${folder}/photos.yaml`);
    const run = await recipe.run({ cache: `${folder}/cache`, out: `${folder}/out` });
    assert.deepEqual(run.problems, []);
    assert.ok(run.ok, JSON.stringify(run.expect));
    const own = ["model.json", "weights.bin"].map((file) =>
      Deno.statSync(`${SOURCE}/tfjs/${file}`)
    );
    const { encoded } = run.models.find(({ name }) => name === "model")!.bytes!;
    assert.equal(encoded, own.reduce((sum, { size }) => sum + size, 0));
    const result = run.models.at(-1)!;
    assert.ok(result.agreement! >= 0.75, `${result.agreement}`);
    for (const [name, cats] of [["resized_cat", 3], ["bird", 0]] as const) {
      const whole = bitmap(await Deno.readFile(`${SOURCE}/${name}.bmp`));
      const { data } = resizePicture(whole, [128, 128]);
      for (const which of ["model", "result"]) {
        // A loaded model has no preprocessing of its own: it is asked what it was trained on.
        const pixels = Array.from(data, (value) => value * 2 / 255 - 1);
        const [logits] = await run.model(which).predict(pixels);
        const ranked = [...labels.keys()].sort((a, b) => logits![b]! - logits![a]!);
        const best = ranked.slice(0, cats || 1).map((index) => labels[index]!);
        // Of the cat its publisher has tiger cat, tabby and Egyptian cat within a tenth of one another.
        const known = cats ? ["Egyptian cat", "tabby, tabby cat", "tiger cat"] : ["chickadee"];
        assert.deepEqual(best.sort(), known, `${which} of ${name}`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
