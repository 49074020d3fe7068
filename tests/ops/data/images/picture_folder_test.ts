import assert from "node:assert/strict";
import { encodePng } from "../../../../engine/deps/fast_png.ts";
import type { UnreadPictures } from "../../../../ops/data/samples.ts";
import { images } from "../../../../ops/data/images/picture_folder.ts";
import { runContext } from "../../run_context.ts";

const wishes = { from: "d", task: "classification", format: "images" } as const;

Deno.test("without a picture in a folder of a class there is nothing to train on", async () => {
  const context = runContext({ files: { "d/a.png": new Uint8Array() } });
  await assert.rejects(
    async () => await images.readFolder!(wishes, context),
    /^RangeError: Cannot find pictures to train on in "d", which has a.png: they lie in a folder for each class/,
  );
  assert.match(
    context.reported.warnings[0]!,
    /^1 file is left out, being no picture of a class: a.png$/,
  );
  await assert.rejects(
    async () => await images.readFolder!(wishes, runContext({ files: {} })),
    /in "d", which has no files: they/,
  );
  const tested = runContext({ files: { "d/test/cat/b.png": new Uint8Array() } });
  await assert.rejects(
    async () => await images.readFolder!(wishes, tested),
    /to train on in "d", which has test\/cat\/b.png: they/,
  );
  const divided = { train: "d/train", test: "d/test" };
  await assert.rejects(
    async () => await images.readFolder!({ ...wishes, from: divided }, tested),
    /to train on in "d\/train", which has no files: they/,
  );
  const file = runContext({ files: { d: new Uint8Array() } });
  await assert.rejects(
    async () => await images.readFolder!(wishes, file),
    /^RangeError: Cannot read "d" as pictures: it is a file; name the folder/,
  );
  const from = { train: { inputs: "x", labels: "y" } };
  await assert.rejects(
    async () => await images.readFolder!({ ...wishes, from }, context),
    /by `inputs` and `labels`: name their folder/,
  );
});

Deno.test("a folder holds pictures where one lies in a class, perhaps below a part", () => {
  const cases: readonly (readonly [path: string, holds: boolean])[] = [
    ["cat/a.jpg", true],
    ["cat/a.JPEG", true],
    ["dev/cat/a.png", true],
    ["a.png", false],
    ["cat/a.webp", true],
    ["cat/a.gif", false],
    ["holidays/cat/a.png", false],
  ];
  for (const [path, holds] of cases) assert.equal(images.holds!([path]), holds, path);
});

Deno.test("a folder with classes in it is not divided, even where one is called as a part is", async () => {
  const picture = encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(7) });
  const files = { "d/test/a.png": picture, "d/cat/b.png": picture };
  const { loaded } = await images.readFolder!(wishes, runContext({ files })) as UnreadPictures;
  assert.deepEqual([loaded.train.count, loaded.test, loaded.classes], [2, undefined, [
    "cat",
    "test",
  ]]);
});
