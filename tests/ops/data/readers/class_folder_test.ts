import assert from "node:assert/strict";
import {
  filesOfClasses,
  foundClasses,
  holdsSamples,
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
  ) assert.equal(holdsSamples([path], NOTES), holds, path);
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
    context.reported.warnings[0]!,
    /^2 files are left out, being no notes of a class: (?:train\/cat\/)?read\.me, /,
  );
  assert.deepEqual(await foundClasses(places, { from: "d" }, context, NOTES), ["cat", "dog"]);
  await assert.rejects(
    foundClasses({}, { from: "d" }, context, NOTES),
    /^RangeError: Cannot find notes to train on in "d", which has .*: they lie in a folder for each class, c\/a\.note; where nobody has labelled them, say `labels: none`$/,
  );
  const bare = runContext({ files: { "d/read.me": bytes } });
  await assert.rejects(
    foundClasses({}, { from: "d" }, bare, NOTES),
    /which has read\.me: they lie in a folder for each class, c\/a\.note$/,
  );
});

Deno.test("samples that nobody has labelled lie in any folders, below those of parts only where all do", async () => {
  for (const path of ["a.note", "far/far/A.MEMO"]) {
    assert.equal(holdsSamples([path, "x.md"], NOTES, "none"), true, path);
  }
  assert.equal(holdsSamples(["a.notes", "anote"], NOTES, "none"), false);
  const found = async (...names: string[]) => {
    const files = Object.fromEntries(names.map((name) => [`d/${name}`, bytes]));
    const context = runContext({ files });
    const places = await filesOfClasses({ from: "d", labels: "none" }, context, NOTES);
    const parts = Object.entries(places).map(([part, of]) => [part, of.map(({ path }) => path)]);
    return [Object.fromEntries(parts), context.reported.warnings];
  };
  assert.deepEqual(await found("a.note", "far/b.memo", "x.md"), [
    { train: ["d/a.note", "d/far/b.memo"] },
    ["1 file is left out, being no note: x.md"],
  ]);
  assert.deepEqual(await found("train/a.note", "train/far/b.note", "test/c.note", "x.md"), [
    { train: ["d/train/a.note", "d/train/far/b.note"], test: ["d/test/c.note"] },
    ["1 file is left out, being no note: x.md"],
  ]);
  // One beside the folders, or none to train on: then all of them are samples to learn from.
  assert.deepEqual((await found("a.note", "test/c.note", "train/b.note"))[0], {
    train: ["d/a.note", "d/test/c.note", "d/train/b.note"],
  });
  assert.deepEqual((await found("test/c.note"))[0], { train: ["d/test/c.note"] });
  const wishes = { from: "d", labels: "none" } as const;
  await assert.rejects(
    foundClasses({}, wishes, runContext({ files: { "d/x.md": bytes } }), NOTES),
    /^RangeError: Cannot find notes to train on in "d", which has x\.md: their names end in note, memo$/,
  );
  const file = runContext({ files: { d: bytes } });
  await assert.rejects(
    filesOfClasses(wishes, file, NOTES),
    /^RangeError: Cannot read "d" as notes: it is a file; name the folder that has them$/,
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
