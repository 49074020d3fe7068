import assert from "node:assert/strict";
import {
  additiveAttention,
  attention,
  byHeads,
} from "../../../../../ops/formats/keras/classes/attention.ts";
import { reading } from "./one_reading.ts";
import { assertAnswers, singles } from "../saved.ts";

for (const name of singles(/Attention/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("what an attention cannot do here is refused", () => {
  const of = (config: object, count = 2) => reading(config, Array(count).fill([3, 4])).of;
  assert.throws(() => attention(of({}, 4)), /masks cannot be read, only queries, values and keys/);
  assert.throws(() => attention(of({ "score_mode": "x" })), /its score_mode x cannot be read/);
  assert.throws(() => additiveAttention(of({})), /the file has no weight `scale` for it/);
  assert.throws(() => byHeads(of({}), 2), /the file has no weight `query\/kernel` for it/);
  assert.throws(() => byHeads(reading({}, [[2, 3, 4]]).of, 2), /it can read sequences alone/);
});
