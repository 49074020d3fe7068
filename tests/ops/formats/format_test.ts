import assert from "node:assert/strict";
import { denseModel } from "../prune/dense_model.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import {
  begins,
  decodedAgain,
  FROM_KERAS,
  UnreadableModelError,
} from "../../../ops/formats/format.ts";

Deno.test("a signature is looked for where it stands", () => {
  assert.ok(begins("AB")(Uint8Array.of(65, 66, 0)));
  assert.ok(!begins("AB")(Uint8Array.of(65)));
  assert.ok(begins([1, 2], 3)(Uint8Array.of(0, 0, 0, 1, 2)));
  assert.ok(!begins([1, 2], 3)(Uint8Array.of(1, 2, 0, 1, 3)));
});

Deno.test("files that only we read keep the model's own arithmetic, and are not read again by load", () => {
  const { runtime, arithmetic, reread } = decodedAgain(() => Promise.reject(new Error("unused")));
  assert.deepEqual([runtime, arithmetic, reread], ["the file decoded again", undefined, undefined]);
});

Deno.test("what cannot be read has a name of its own", () => {
  const error = new UnreadableModelError("x", { help: "y" });
  assert.deepEqual([error.name, error.message, error.hint], ["UnreadableModelError", "x", {
    help: "y",
  }]);
  assert.deepEqual(new UnreadableModelError("x").hint, {});
});

Deno.test("files that are decoded again answer as the model that is in them", async () => {
  const model = denseModel([{ kernel: [[2, -1], [0, 3]] }]);
  const { run } = decodedAgain((files) =>
    Promise.resolve(files["a"]![0] === 7 ? model : Promise.reject(new Error("another file")))
  );
  const { logits } = await withTensors((room) =>
    run({
      ...{ room, model, options: {}, signal: new AbortController().signal },
      files: { a: Uint8Array.of(7) },
      samples: { count: 2, x: Float32Array.of(1, 0, 1, 1), y: Int32Array.of(0, 0), conditions: [] },
    })
  );
  assert.deepEqual([...logits], [2, -1, 2, 2]);
});

Deno.test("the way from Keras is a line to copy", () => {
  assert.equal(
    FROM_KERAS,
    'save the Keras model whole: model.save("net.keras"), then from: ./net.keras',
  );
});
