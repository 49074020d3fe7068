import assert from "node:assert/strict";
import {
  bordered,
  centerCrop,
  permute,
  resizing,
  upSampling,
} from "../../../../../ops/formats/keras/classes/shapes.ts";
import { lines, reading } from "./one_reading.ts";
import { assertAnswers, singles } from "../support/saved.ts";

for (
  const name of singles(
    /^(RepeatVector|Permute|Reshape|Flatten|UpSampling|Resizing|CenterCrop|ZeroPadding|Cropping)/,
  )
) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("borders are one number, one for each axis or one for each border", () => {
  const amounts = (axes: 1 | 2, padding: unknown) => {
    const { of, added } = reading({ padding }, [axes === 1 ? [4, 2] : [4, 5, 2]]);
    bordered("pad", axes, of);
    return (added.find(([{ kind }]) => kind === "pad")![0] as { amounts?: unknown }).amounts;
  };
  assert.deepEqual(amounts(2, 2), [[2, 2], [2, 2]]);
  assert.deepEqual(amounts(2, [1, 2]), [[1, 1], [2, 2]]);
  assert.deepEqual(amounts(2, [[1, 2], [3, 4]]), [[1, 2], [3, 4]]);
  assert.deepEqual(amounts(1, [1, 2]), [[1, 2], [0, 0]]);
  assert.throws(() => amounts(2, [1, 2, 3]), /`padding` is \[1,2,3\]/);
});

Deno.test("a volume is treated along its first axis, then along the others", () => {
  const { of, added } = reading({ size: 2 }, [[2, 3, 4, 5]]);
  assert.equal(upSampling(3, of), "a.back");
  assert.deepEqual(lines(added).filter((line) => line.includes("upsample")), [
    "a upsample < a.columns",
    "a.within upsample < a.image",
  ]);
});

Deno.test("what cannot be arranged is refused", () => {
  const image = (config: object) => reading(config, [[4, 4, 2]]).of;
  assert.throws(() => permute(image({ dims: [1, 2] })), /`dims` is \[1,2\]/);
  for (const field of ["crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"]) {
    const cannot = new RegExp(`: \`${field}\` cannot be read$`);
    assert.throws(() => resizing(image({ [field]: true })), cannot);
  }
  const other = /: its interpolation is area, only nearest and bilinear can be read$/;
  assert.throws(() => resizing(image({ interpolation: "area" })), other);
  assert.throws(() => upSampling(2, image({ interpolation: "area" })), other);
  const volume = reading({ interpolation: "bilinear" }, [[2, 2, 2, 1]]).of;
  assert.throws(() => upSampling(3, volume), /: its interpolation is bilinear, only nearest/);
  assert.throws(() => centerCrop(image({ height: 5, width: 2 })), /it makes an image larger/);
});
