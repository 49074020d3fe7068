import assert from "node:assert/strict";
import { charLstm } from "../../../../ops/model/zoo/char_lstm.ts";
import { facts } from "./counts.ts";

Deno.test("char-lstm has the counts of the published model, and answers at each place or the last", () => {
  const published = {
    ...{
      embedding: 128,
      units: 128,
      depth: 2,
      answer: "each",
      dropout: 0,
      vocabulary: 65,
    } as const,
  };
  const each = facts(charLstm.build([40], 65, published));
  assert.equal(each.parameters, 279_873);
  assert.deepEqual(each.layers!.at(-1)!.shape, [40, 65]);
  const last = charLstm.build([40], 5, { ...published, answer: "last", dropout: 0.2 });
  assert.deepEqual(facts(last).layers!.at(-1)!.shape, [5]);
  assert.deepEqual(last.layers.map(({ name }) => name), [
    ...["embedding", "lstm1", "lstm1.dropout", "lstm2", "lstm2.dropout", "head.dense"],
  ]);
});
