import assert from "node:assert/strict";
import { UnreadableModelError } from "../../../../ops/formats/format.ts";
import { readH5Model } from "../../../../ops/formats/keras/h5_model.ts";
import { savedBytes } from "./support/saved.ts";

Deno.test("layers and weights are those of the file, each under its layer's name", () => {
  const { layers, weights } = readH5Model(savedBytes("net_rows.h5"), "net_rows.h5");
  assert.deepEqual(layers.map(({ kind }) => kind), ["dense", "dropout", "dense"]);
  const [first, , last] = layers;
  assert.deepEqual(weights[`${first!.name}/kernel`]!.shape, [3, 4]);
  assert.deepEqual(weights[`${last!.name}/bias`]!.shape, [2]);
});

Deno.test("a file of arrays alone is told to be one, with the way to a whole model", () => {
  assert.throws(() => readH5Model(savedBytes("values_earliest.h5"), "v.h5"), (error) => {
    assert.ok(error instanceof UnreadableModelError);
    assert.equal(
      error.message,
      "`v.h5` is an HDF5 file without a network: it has no attribute model_config",
    );
    assert.match(error.hint.help!, /model\.save\("net\.keras"\)/);
    return true;
  });
});

Deno.test("a weight that is named and not there is said by name", () => {
  const bytes = savedBytes("net_rows.h5");
  const text = new TextDecoder("latin1").decode(bytes);
  // The name of an object in a group; names in attributes have the layer's before them.
  const at = text.lastIndexOf("\0kernel\0") + 1;
  bytes[at] = "K".charCodeAt(0);
  assert.throws(
    () => readH5Model(bytes, "a.h5"),
    /`a\.h5` has no ".*dense.*\/kernel", which it names/,
  );
});

Deno.test("the version of Keras and its backend are noted; a damaged attribute says nothing", () => {
  const noted = (bytes: Uint8Array) => {
    const found: Record<string, unknown> = {};
    readH5Model(bytes, "a.h5", { note: (name, value) => void (found[name] = value) });
    return found.provenance;
  };
  const bytes = savedBytes("net_rows.h5");
  assert.deepEqual(noted(bytes), { backend: "tensorflow", "keras_version": "3.15.1" });
  // The type of a text of any length has the class 9; a class that nobody knows makes it no text.
  const text = new TextDecoder("latin1").decode(bytes);
  const at = text.indexOf("backend\0") + 8;
  assert.equal(bytes[at]! & 15, 9);
  bytes[at] = bytes[at]! + 6;
  assert.deepEqual(noted(bytes), { "keras_version": "3.15.1" });
});
