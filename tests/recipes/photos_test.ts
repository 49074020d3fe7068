/**
 * Somebody's pretrained model and a folder of photos (language part 2, recipe 10), with the MobileNet and the two photos
 * of `DECANT_TEST_DATA`, which show a cat and a chickadee.
 */
import assert from "node:assert/strict";
import jpeg from "npm:jpeg-js@0.4.4";
import { encodePng } from "../../engine/deps/fast_png.ts";
import { load } from "../../mod.ts";
import { resizePicture } from "../../ops/data/images/resize.ts";
import { testData, testWith } from "../ops/model/test_data.ts";
import type { Picture } from "../../ops/data/images/picture.ts";

const FOLDER = "mobilenet-v1-025-128";
const SOURCE = testData(FOLDER);

/** An uncompressed Windows bitmap of 24 bits: rows from below, blue first, each padded to four bytes. */
function bitmap(bytes: Uint8Array): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, width, signed] = [
    view.getUint32(10, true),
    view.getInt32(18, true),
    view.getInt32(22, true),
  ];
  const height = Math.abs(signed);
  assert.equal(view.getUint16(28, true), 24);
  const row = Math.ceil(width * 3 / 4) * 4;
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const y = Math.floor(i / (3 * width));
    const x = Math.floor(i / 3) % width;
    return bytes[start + (signed > 0 ? height - 1 - y : y) * row + 3 * x + 2 - i % 3]!;
  });
  return { width, height, channels: 3, data };
}

/** A window of a picture: what another photo of the same might show. */
function cropped(picture: Picture, left: number, top: number, size: number): Picture {
  const data = Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const y = top + Math.floor(i / (3 * size));
    const x = left + Math.floor(i / 3) % size;
    return picture.data[(y * picture.width + x) * 3 + i % 3]!;
  });
  return { width: size, height: size, channels: 3, data };
}

/** The two photos and windows of them, half PNG and half JPEG, in folders called as the model's outputs are. */
async function photos(folder: string): Promise<void> {
  for (const [name, label] of [["resized_cat", "tiger cat"], ["bird", "chickadee"]] as const) {
    const whole = bitmap(await Deno.readFile(`${SOURCE}/${name}.bmp`));
    const side = Math.min(whole.width, whole.height);
    const size = Math.floor(side * 0.95);
    const views = [whole];
    for (
      const [fx, fy] of [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.5, 0], [0, 0.5]] as const
    ) {
      views.push(
        cropped(
          whole,
          Math.floor(fx * (whole.width - size)),
          Math.floor(fy * (whole.height - size)),
          size,
        ),
      );
    }
    await Deno.mkdir(`${folder}/photos/${label}`, { recursive: true });
    for (const [i, { width, height, data }] of views.entries()) {
      if (i % 2 === 0) {
        const file = encodePng({ width, height, channels: 3, data });
        await Deno.writeFile(`${folder}/photos/${label}/${i}.png`, file);
      } else {
        const rgba = Uint8Array.from(
          { length: width * height * 4 },
          (_, k) => k % 4 === 3 ? 255 : data[Math.floor(k / 4) * 3 + k % 4]!,
        );
        const { data: file } = jpeg.encode({ width, height, data: rgba }, 95);
        await Deno.writeFile(`${folder}/photos/${label}/${i}.jpg`, file);
      }
    }
  }
}

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
