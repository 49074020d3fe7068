import assert from "node:assert/strict";
import { UnreadableModelError } from "../../../../ops/formats/format.ts";
import { loadFolder } from "../../../../ops/formats/tfjs/load_folder.ts";
import { keras, layersModel, sequential } from "../../model/support/keras_json.ts";
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

Deno.test("a folder or its model.json is the model, with the files that hold it", async () => {
  for (const from of ["net", "net/", "net/model.json"]) {
    const { model, files: read } = await loadFolder(from, inFolder(files));
    assert.deepEqual([...model.weights["d/kernel"]!.data], [1, 2]);
    assert.deepEqual(read, [files["model.json"], files["w.bin"]]);
  }
});

/** What is said of a folder with these files. */
async function refused(found: Readonly<Record<string, Uint8Array>>): Promise<UnreadableModelError> {
  let refusal: unknown;
  await assert.rejects(loadFolder("net", inFolder(found)), (error) => {
    refusal = error;
    return error instanceof UnreadableModelError;
  });
  return refusal as UnreadableModelError;
}

Deno.test("of a folder without the files it is said what it has", async () => {
  const deeper = await refused({ "a/model.json": new Uint8Array() });
  assert.equal(deeper.message, "`net` has no file `model.json`");
  assert.deepEqual(deeper.hint, { help: "name the folder that has one: net/a/" });
  const saved = await refused({ "saved_model.pb": new Uint8Array() });
  assert.match(saved.hint.help!, /^it is a TensorFlow SavedModel; save the Keras model/);
  const other = await refused({ "a.bin": new Uint8Array() });
  assert.deepEqual(other.hint, { help: "it has a.bin", readable: true });
  const { message, hint } = await refused({ "model.json": files["model.json"]! });
  assert.equal(message, "`net` has no file `w.bin`, which `model.json` names");
  assert.deepEqual(hint, { help: "it has model.json" });
});

Deno.test("a model.json that is no JSON is handed on, for others to tell what it is", async () => {
  const bytes = new TextEncoder().encode("{");
  const { message, hint } = await refused({ "model.json": bytes });
  assert.match(message, /^`model.json` is not JSON/);
  assert.deepEqual(hint, { readable: true, file: { name: "model.json", bytes } });
});

Deno.test("what a folder has is said of an empty one too, and no name only ends in model.json", async () => {
  const empty = await refused({});
  assert.deepEqual(empty.hint, { help: "it has no files", readable: true });
  const other = await refused({ "a/old-model.json": new Uint8Array() });
  assert.deepEqual(other.hint, { help: "it has a/old-model.json", readable: true });
});
