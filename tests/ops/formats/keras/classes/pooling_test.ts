import assert from "node:assert/strict";
import { adaptivePooling, pooling } from "../../../../../ops/formats/keras/classes/pooling.ts";
import { lines, reading } from "./one_reading.ts";
import { assertAnswers, singles } from "../saved.ts";

for (const name of singles(/Pooling/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("rows are pooled as an image with a single column", () => {
  const { of, added } = reading({}, [[6, 4]]);
  assert.equal(pooling("max-pool", 1, of), "a.rows");
  assert.deepEqual(lines(added), [
    "a.image reshape < x0",
    "a max-pool < a.image",
    "a.rows reshape < a",
  ]);
});

Deno.test("parts that are not alike, and another padding, are refused", () => {
  const adaptive = reading({ "output_size": 4 }, [[6, 4]]).of;
  assert.throws(() => adaptivePooling("max-pool", 1, adaptive), /4 parts of 6 are not alike/);
  const causal = reading({ padding: "causal" }, [[6, 4]]).of;
  assert.throws(() => pooling("max-pool", 1, causal), /its padding is causal/);
});
