import assert from "node:assert/strict";
import { readFolder } from "../../../../ops/formats/tfjs/load_folder.ts";
import { keras, layersModel, sequential } from "../../model/keras_json.ts";
import { runContext } from "../../run_context.ts";

const dense = keras("Dense", "d", { units: 1, "use_bias": false, "batch_input_shape": [null, 2] });
const files = layersModel(sequential("s", [dense]), [{
  name: "d/kernel",
  shape: [2, 1],
  values: [1, 2],
}]);
const inFolder = (found: Readonly<Record<string, Uint8Array>>) =>
  runContext({
    files: Object.fromEntries(Object.entries(found).map(([name, bytes]) => [`net/${name}`, bytes])),
  });

Deno.test("a folder or its model.json is the model, and weighs what its files do", async () => {
  for (const from of ["net", "net/", "net/model.json"]) {
    const { model, files: weighed } = await readFolder(from, inFolder(files));
    assert.deepEqual([...model.weights["d/kernel"]!.data], [1, 2]);
    assert.equal(weighed.encoded, files["model.json"]!.length + 8);
    assert.equal(weighed.format, "tfjs");
  }
});

Deno.test("of a folder without the files it is said what it has", async () => {
  const refused = async (
    found: Readonly<Record<string, Uint8Array>>,
    message: RegExp,
    help: RegExp,
  ) =>
    await assert.rejects(readFolder("net", inFolder(found)), (error) => {
      const { message: said, help: way } = error as Error & { help?: string };
      assert.match(said, message);
      assert.match(way ?? "", help);
      return true;
    });
  await refused({ "a/model.json": new Uint8Array() }, /has no file `model.json`/, /net\/a\//);
  await refused({ "saved_model.pb": new Uint8Array() }, /has no file/, /TensorFlow SavedModel/);
  await refused(
    { "model.json": files["model.json"]! },
    /no file `w.bin`, which `model.json` names/,
    /it has model.json/,
  );
  await refused(
    { "model.json": new TextEncoder().encode("{") },
    /`model.json` is not JSON/,
    /layers-model/,
  );
});
