import assert from "node:assert/strict";
import { cArray } from "../../../../../ops/formats/tflite/micro/c_array.ts";
import { encodeTflite, TFLITE_FILE } from "../../../../../ops/formats/tflite/encode.ts";
import { livelyModel } from "../../../lively_model.ts";
import { zooNetworks } from "../../../zoo_networks.ts";

Deno.test("the array holds the file's bytes, aligned; the header names operators and memory", () => {
  const bytes = encodeTflite(livelyModel(zooNetworks.mlp!), { form: "float" })[TFLITE_FILE]!;
  const files = cArray(bytes, TFLITE_FILE);
  const [header, source] = ["model.h", "model.cc"].map((name) =>
    new TextDecoder().decode(files[name])
  );
  const [, array] = source!.match(
    /alignas\(16\) const unsigned char model_tflite\[\] = \{([^}]*)\}/,
  )!;
  assert.deepEqual(array!.match(/0x[0-9a-f]{2}(?=,)/g)!.map(Number), [...bytes]);
  assert.ok(source!.includes(`model_tflite_len = ${bytes.length};`));
  assert.match(header!, /MODEL_OPERATORS 2\n/);
  assert.match(header!, /: FULLY_CONNECTED, SOFTMAX\.\n/);
  // The first layer's 7 inputs and 8 outputs, the second's 8 and 6: two values of 32 bytes are the most at once.
  assert.match(header!, /MODEL_TENSOR_BYTES 64\n/);
  assert.match(header!, /MODEL_ARENA_BYTES \d+\n/);
});
