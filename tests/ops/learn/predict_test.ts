/** The op `predict`. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { assertRoom, predict } from "../../../ops/learn/predict.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import { tableData } from "./small_trainings.ts";

const model = denseModel([{ kernel: [[2, 0], [0, -1]], bias: [0.5, 0] }]);

Deno.test("it gives a model's logits on every training sample, in their order", async () => {
  const data = tableData([[1, 2], [3, 4], [0, 0]], [[0, 0], [0, 0], [0, 0]]);
  const found = await predict.run({ model, data }, {}, runContext());
  assert.deepEqual([found.count, found.width], [3, 2]);
  assert.deepEqual([...found.logits], [2.5, -2, 6.5, -4, 0.5, 0]);
});

Deno.test("a model that cannot answer what the data ask is refused", () => {
  const facts = modelFacts(model, { ...model, learned: true });
  const data = factsOf(tableData([[1, 2]], [[1]]).meta);
  assert.throws(
    () => predict.facts({ model: facts, data }, {}),
    (error) => error instanceof ParameterError && error.path === "model",
  );
});

Deno.test("2 GiB of logits are kept, one number more is not", () => {
  assertRoom(0x2000, 0x1_0000);
  assert.throws(() => assertRoom(0x2000_0001, 1), /make 2\.0 GiB, 2 GiB are the most/);
});
