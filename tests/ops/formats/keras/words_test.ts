import assert from "node:assert/strict";
import { FROM_KERAS } from "../../../../ops/formats/keras/words.ts";

Deno.test("the way from Keras is a line to copy", () => {
  assert.equal(
    FROM_KERAS,
    'save the Keras model whole: model.save("net.keras"), then from: ./net.keras',
  );
});
