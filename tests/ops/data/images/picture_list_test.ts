import assert from "node:assert/strict";
import { listPictures } from "../../../../ops/data/images/picture_list.ts";
import { runContext } from "../../run_context.ts";

const wishes = { from: "d", task: "classification", format: "images" } as const;
const place = (folder: string, name: string) => ({ path: `d/${folder}/${name}`, folder });

Deno.test("pictures are listed in the order of their places, counted through the parts", async () => {
  const places = {
    test: [place("a", "3.png")],
    train: [place("b", "1.png"), place("a", "2.png")],
  };
  const { loaded, files } = await listPictures(places, wishes, runContext());
  const { train, test, classes, ...others } = loaded;
  assert.deepEqual(classes, ["a", "b"]);
  assert.deepEqual([train.count, train.input, [...train.x], [...train.y!]], [2, [1], [0, 1], [
    1,
    0,
  ]]);
  assert.deepEqual([[...test!.x], [...test!.y!]], [[2], [0]]);
  assert.deepEqual(others, {});
  assert.deepEqual(files, [{ name: "d/b/1.png" }, { name: "d/a/2.png" }, { name: "d/a/3.png" }]);
  await assert.rejects(
    listPictures({ test: places.train }, wishes, runContext()),
    /Cannot find pictures to train on/,
  );
  const from = { train: { inputs: "x", labels: "y" } };
  await assert.rejects(
    listPictures({}, { ...wishes, from }, runContext()),
    /^RangeError: Cannot find pictures to train on: they lie/,
  );
});

Deno.test("a folder must be one class of those that are named", async () => {
  const places = { train: [place("b", "1.png")] };
  const listed = (...classes: string[]) =>
    listPictures(places, { ...wishes, classes }, runContext());
  assert.deepEqual([...(await listed("a", "b")).loaded.train.y!], [1]);
  await assert.rejects(listed("a", "c"), /Cannot place the folder "b" among a, c$/);
  await assert.rejects(listed("b", "b"), /the folder "b": two classes are called so$/);
  const many = Array.from({ length: 13 }, (_, i) => `${i}`);
  await assert.rejects(listed(...many), /among 13 classes$/);
});

Deno.test("pictures that nobody has labelled have no classes", async () => {
  const places = {
    train: [{ path: "d/2.png", folder: "" }],
    test: [{ path: "d/far/1.png", folder: "" }],
  };
  const { loaded, files } = await listPictures(
    places,
    { ...wishes, labels: "none" },
    runContext(),
  );
  assert.deepEqual(files, [{ name: "d/2.png" }, { name: "d/far/1.png" }]);
  assert.deepEqual(loaded, {
    train: { count: 1, input: [1], x: Int32Array.of(0), y: null },
    test: { count: 1, input: [1], x: Int32Array.of(1), y: null },
  });
});
