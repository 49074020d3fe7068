import assert from "node:assert/strict";
import {
  adaptivePooling,
  globalPooling,
  pooling,
} from "../../../../../ops/formats/keras/classes/pooling.ts";
import { lines, reading } from "./one_reading.ts";
import { assertAnswers, singles } from "../support/saved.ts";

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

Deno.test("a global pooling gives the channels, or keeps an extent of 1 for each axis", () => {
  for (const shape of [[6, 4], [6, 5, 4], [3, 6, 5, 4]]) {
    const read = (config: object) => {
      const { of } = reading(config, [shape]);
      return of.shape(globalPooling("global-max-pool", of));
    };
    assert.deepEqual(read({}), [4]);
    assert.deepEqual(read({ keepdims: true }), [...shape.slice(1).map(() => 1), 4]);
  }
});
