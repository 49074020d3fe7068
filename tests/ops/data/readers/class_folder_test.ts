import assert from "node:assert/strict";
import {
  filesOfClasses,
  foundClasses,
  holdsClasses,
  labelsOf,
  type SampleFiles,
} from "../../../../ops/data/readers/class_folder.ts";
import { runContext } from "../../run_context.ts";

const NOTES: SampleFiles = {
  suffixes: "note|memo",
  one: "note",
  many: "notes",
  example: "c/a.note",
};
const bytes = new Uint8Array();

Deno.test("files of classes are told by how they end, below the folders of parts too", () => {
  for (
    const [path, holds] of [
      ["cat/a.note", true],
      ["cat/A.MEMO", true],
      ["valid/cat/a.memo", true],
      ["a.note", false],
      ["cat/a.notes", false],
      ["cat/anote", false],
      ["cat/dog/a.note", false],
    ] as const
  ) assert.equal(holdsClasses([path], NOTES), holds, path);
});

Deno.test("each part has its files in the order of the folder, and the rest are warned of by what they are not", async () => {
  const files = {
    "d/train/cat/b.note": bytes,
    "d/train/dog/a.memo": bytes,
    "d/val/dog/c.note": bytes,
    "d/read.me": bytes,
    "d/train/cat/read.me": bytes,
  };
  const context = runContext({ files });
  const places = await filesOfClasses({ from: "d" }, context, NOTES);
  assert.deepEqual(places, {
    train: [
      { path: "d/train/cat/b.note", folder: "cat" },
      { path: "d/train/dog/a.memo", folder: "dog" },
    ],
    validation: [{ path: "d/val/dog/c.note", folder: "dog" }],
  });
  assert.match(
    context.heard.warnings[0]!,
    /^2 files are left out, being no notes of a class: (?:train\/cat\/)?read\.me, /,
  );
  assert.deepEqual(await foundClasses(places, { from: "d" }, context, NOTES), ["cat", "dog"]);
  await assert.rejects(
    foundClasses({}, { from: "d" }, context, NOTES),
    /^RangeError: Cannot find notes to train on in "d", which has .*: they lie in a folder for each class, c\/a\.note$/,
  );
});

Deno.test("a label is the place of its folder among the classes, which has to be one", () => {
  const files = ["b", "a", "b"].map((folder) => ({ path: `${folder}/x`, folder }));
  assert.deepEqual(labelsOf(files, ["a", "b"]), Int32Array.of(1, 0, 1));
  assert.throws(
    () => labelsOf(files, ["a", "c"]),
    /^RangeError: Cannot place the folder "b" among a, c$/,
  );
  const many = Array.from({ length: 13 }, (_, i) => `${i}`);
  assert.throws(() => labelsOf(files, many), /among 13 classes$/);
  assert.throws(() => labelsOf(files, ["b", "a", "b"]), /"b": two classes are called so$/);
});
