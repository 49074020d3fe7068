import assert from "node:assert/strict";
import { readH5Model } from "../../../../../ops/formats/keras/h5_model.ts";
import { readHdf5 } from "../../../../../ops/formats/keras/hdf5/hdf5_file.ts";
import { unzipSync } from "../../../../../engine/deps/fflate.ts";
import { hdf5, type Hdf5Group } from "../../../../deps.ts";
import { savedBytes } from "../support/saved.ts";

type Group = ReturnType<typeof readHdf5>;

/** Compares a group with what another implementation reads of it; the number of arrays in it. */
function compared(ours: Group, theirs: Hdf5Group, path: string): number {
  assert.deepEqual([...ours.names].sort(), [...theirs.keys].sort(), path);
  let arrays = 0;
  for (const name of theirs.keys) {
    const other = theirs.get(name);
    if (!("shape" in other)) {
      arrays += compared(ours.group(name)!, other, `${path}/${name}`);
      continue;
    }
    const { shape, values } = ours.array(name)!;
    assert.deepEqual(shape, other.shape);
    assert.deepEqual([...values], [...other.value]);
    arrays++;
  }
  return arrays;
}

const files: Readonly<Record<string, Uint8Array>> = {
  "net_images.h5": savedBytes("net_images.h5"),
  "net_words.h5": savedBytes("net_words.h5"),
  "net_images.keras": unzipSync(savedBytes("net_images.keras"))["model.weights.h5"]!,
};

for (const [name, bytes] of Object.entries(files)) {
  Deno.test(`groups and arrays are those that another implementation reads: ${name}`, () => {
    const theirs = new hdf5.File(bytes.slice().buffer, name);
    assert.ok(compared(readHdf5(bytes, name), theirs, "") > 8);
  });
}

Deno.test("texts of an attribute are told from its absence, and the config is whole", () => {
  const root = readHdf5(files["net_images.h5"]!, "a.h5");
  assert.equal(JSON.parse(root.texts("model_config")![0]!).class_name, "Functional");
  assert.equal(root.texts("model"), undefined);
  assert.deepEqual(root.group("model_weights/conv2d")!.texts("weight_names"), [
    "conv2d/kernel",
    "conv2d/bias",
  ]);
  assert.deepEqual(root.group("model_weights/add")!.texts("weight_names"), []);
  assert.equal(root.group("model_weights/nothing/here"), undefined);
  assert.equal(root.array("model_weights/nothing"), undefined);
});

Deno.test("a file that is cut off anywhere is said to be damaged, in one sentence", () => {
  const bytes = files["net_words.h5"]!;
  for (let length = 0; length < bytes.length - 1000; length += 997) {
    assert.throws(
      () => readH5Model(bytes.slice(0, length), "a.h5"),
      /^RangeError: Cannot read "a.h5": it is damaged or cut off; get the file again$/,
      String(length),
    );
  }
});

Deno.test("a group is read once, however often it is asked for: the file is not read out of its bounds", () => {
  const root = readHdf5(files["net_words.h5"]!, "a.h5");
  const weights = root.group("model_weights")!;
  assert.equal(root.group("model_weights"), weights);
  // Each time it would be a hundred bytes and more, of three times the file that may be read.
  for (let time = 0; time < 100_000; time++) assert.ok(root.group("model_weights/lstm"));
});
