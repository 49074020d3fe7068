import assert from "node:assert/strict";
import { npy, npz, partsOfArrays } from "../../../../ops/data/readers/arrays.ts";
import { zipSync } from "../../../deps.ts";
import { runContext } from "../../run_context.ts";
import { npyBytes } from "../npy_bytes.ts";

const array = (first: number, count: number) => ({
  shape: [count],
  data: Int32Array.from({ length: count }, (_, i) => first + i),
});

Deno.test("arrays are parts by the names that people give them", () => {
  const loaded = partsOfArrays(
    {
      "Train_Images": array(0, 3),
      "train_labels": array(0, 3),
      "x_val": array(10, 2),
      "y_val": array(0, 2),
      "inputs_test": array(20, 1),
      "targets_test": array(0, 1),
      "other": array(0, 9),
    },
    "d.npz",
    "classification",
  );
  assert.deepEqual([...loaded.train.x], [0, 1, 2]);
  assert.deepEqual([...loaded.validation!.x], [10, 11]);
  assert.deepEqual([...loaded.test!.x], [20]);
  const plain = partsOfArrays({ data: array(5, 2), y: array(0, 2) }, "d.npz", "classification");
  assert.deepEqual([...plain.train.x], [5, 6]);
});

Deno.test("without labels only a reconstruction can be learned", () => {
  const arrays = { x: array(5, 2) };
  assert.equal(partsOfArrays(arrays, "d.npz", "reconstruction").train.y, null);
  assert.throws(
    () => partsOfArrays(arrays, "d.npz", "classification"),
    /training samples in "d.npz": its arrays are x; known are x_train with y_train, or x with y/,
  );
});

const x = npyBytes("<f4", [2, 2], [1, 2, 3, 4]);
const y = npyBytes("<i4", [2], [1, 0]);
const wishes = { from: "x.npy", task: "classification" } as const;

Deno.test("a pair of npy files is a part, and one alone is refused", async () => {
  const context = runContext({ files: { "x.npy": x, "y.npy": y } });
  const { train } = await npy.read!({ train: ["x.npy", "y.npy"] }, wishes, context);
  assert.deepEqual([[...train.x], [...train.y!]], [[1, 2, 3, 4], [1, 0]]);
  for (const names of [["x.npy"], ["x.npy", "y.npy", "y.npy"]]) {
    await assert.rejects(npy.read!({ train: names }, wishes, context), {
      name: "RangeError",
      message:
        'Cannot read "x.npy" as npy alone: samples and labels are two files, { inputs: …, labels: … }',
    });
  }
});

Deno.test("of one npz file the parts are its arrays, of several each is a part", async () => {
  const whole = zipSync({ "x_train.npy": x, "y_train.npy": y, "x_test.npy": x, "y_test.npy": y });
  const single = zipSync({ "x.npy": x, "y.npy": y });
  const context = runContext({ files: { "w.npz": whole, "s.npz": single } });
  const parts = await npz.read!({ train: ["w.npz"] }, wishes, context);
  assert.deepEqual(Object.keys(parts), ["train", "test"]);
  const apart = await npz.read!({ train: ["s.npz"], validation: ["s.npz"] }, wishes, context);
  assert.deepEqual(Object.keys(apart), ["train", "validation"]);
});

Deno.test("each name that people give an array is known, and what is wrong with it is told by that name", () => {
  const found = (x: string, y: string) => {
    const { train } = partsOfArrays({ [x]: array(5, 2), [y]: array(0, 2) }, "d", "classification");
    return [...train.x];
  };
  for (const x of ["x", "X", "input", "inputs", "image", "images", "data"]) {
    for (const y of ["y", "label", "labels", "target", "targets"]) {
      for (const [one, other] of [[x, y], [`${x}_train`, `training_${y}`]] as const) {
        assert.deepEqual(found(one, other), [5, 6], `${one} ${other}`);
      }
    }
  }
  const parts = (name: string) =>
    Object.keys(partsOfArrays(
      { x: array(0, 1), y: array(0, 1), [`x_${name}`]: array(0, 1), [`y_${name}`]: array(0, 1) },
      "d",
      "classification",
    ));
  for (const name of ["validation", "valid", "val"]) {
    assert.deepEqual(parts(name), ["train", "validation"]);
  }
  assert.deepEqual([parts("test"), parts("testing")], [["train", "test"], ["train"]]);
  const odd = { x: array(0, 2), y: array(0, 3) };
  assert.throws(() => partsOfArrays(odd, "d.npz", "classification"), /"d.npz\/x".*"d.npz\/y"/);
  const empty = { x: { shape: [2, 0], data: new Int32Array() } };
  assert.throws(() => partsOfArrays(empty, "d.npz", "reconstruction"), /"d.npz\/x"/);
  assert.throws(
    () => partsOfArrays({ y: array(0, 2), other: array(0, 2) }, "d.npz", "classification"),
    new RangeError(
      'Cannot find training samples in "d.npz": its arrays are y, other; known are x_train with y_train, or x with y',
    ),
  );
});
