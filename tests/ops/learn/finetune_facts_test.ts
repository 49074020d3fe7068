/** A finetuning inside another stage. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { finetuneFacts, finetuneTraining } from "../../../ops/learn/finetune_facts.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { denseModel } from "../prune/dense_model.ts";
import { tableData, training } from "./small_trainings.ts";
import { term } from "./terms/evaluated.ts";

const { loss: _, seed: __, ...block } = training();

Deno.test("without a loss it learns from labels, without a seed by the stage's", () => {
  const labels = [{ use: "labels", weight: 1, smoothing: 0 }];
  assert.deepEqual(finetuneTraining(block, 7), { ...block, loss: labels, seed: 7 });
  assert.equal(finetuneTraining({ ...block, seed: 3 }, 7).seed, 3);
  assert.equal(finetuneTraining(block, undefined).seed, 0);
});

Deno.test("what is wrong with it is said at `finetune`, what is wrong with the model at the model", () => {
  const model = denseModel([{ kernel: [[1]] }]);
  const inputs = {
    model: modelFacts(model, { ...model, learned: false }),
    data: factsOf(tableData([[1]], [[1]]).meta),
  };
  const refused = (more: object, path: string, words: RegExp, given: object = inputs) =>
    assert.throws(() => finetuneFacts(given as never, { ...block, ...more }), (error) => {
      assert.ok(error instanceof ParameterError);
      assert.equal(error.path, path);
      assert.match(error.message, words);
      return true;
    });
  assert.equal(finetuneFacts(inputs, block).learned, true);
  refused({ loss: [term({ use: "logits" })] }, "finetune.loss.0", /there is none/);
  refused({ loss: [term({ use: "peers" })] }, "finetune.loss.0", /learns alone/);
  const wide = { ...inputs, data: factsOf(tableData([[1, 2]], [[1]]).meta) };
  refused({}, "data", /the model reads 1, a sample of the data is 2/, wide);
});
