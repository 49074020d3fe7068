import assert from "node:assert/strict";
import { isSafetensors, safetensors } from "../../../../ops/formats/safetensors/format.ts";
import { decodeSafetensors } from "../../../../ops/formats/safetensors/model_file.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";

Deno.test("a model is one file, which is known by its beginning and read again", async () => {
  const model = initialModel(mlp.build([4], 2, { hidden: [], dropout: 0 }), 0);
  const files = await safetensors.write(model, {});
  assert.deepEqual(Object.keys(files), ["model.safetensors"]);
  const file = files["model.safetensors"]!;
  assert.ok(isSafetensors(file));
  assert.deepEqual(decodeSafetensors(file).weights, model.weights);
});

Deno.test("a length that the file has not, or a header that is no object, is another file's", () => {
  const file = (length: number, ...rest: number[]) =>
    Uint8Array.of(length, 0, 0, 0, 0, 0, 0, 0, ...rest);
  assert.ok(isSafetensors(file(2, 0x7b, 0x7d)));
  assert.ok(!isSafetensors(file(3, 0x7b, 0x7d)));
  assert.ok(!isSafetensors(file(2, 0x5b, 0x5d)));
  assert.ok(!isSafetensors(file(1, 0x7b)));
});

Deno.test("the header may be the whole file, and the file may lie anywhere in a buffer", () => {
  const bytes = Uint8Array.of(1, 2, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d);
  assert.ok(isSafetensors(bytes.subarray(3)));
  assert.ok(!isSafetensors(bytes.subarray(3, 11)));
  assert.ok(!isSafetensors(new Uint8Array()));
});
