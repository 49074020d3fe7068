/** A finetuning inside another stage. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { finetuneFacts, finetuneTraining } from "../../../ops/learn/finetune_facts.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { denseModel } from "../prune/dense_model.ts";
import { tableData, training } from "./small_trainings.ts";
import { term } from "./terms/support/evaluated.ts";

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
      assert.equal(error.path, path, error.message);
      assert.match(error.message, words);
      return true;
    });
  assert.equal(finetuneFacts(inputs, block).learned, true);
  refused({ loss: [term({ use: "logits" })] }, "finetune.loss.0", /there is none/);
  refused({ loss: [term({ use: "peers" })] }, "finetune.loss.0", /learns alone/);
  const wide = { ...inputs, data: factsOf(tableData([[1, 2]], [[1]]).meta) };
  refused({}, "data", /the model reads 1, a sample of the data is 2/, wide);
});

Deno.test("a teacher is needed by a loss that reads one, and answers as the data ask where it is named", () => {
  const facts = (inputs: number, outputs: number) => {
    const kernel = Array.from({ length: inputs }, () => Array(outputs).fill(1));
    const model = denseModel([{ kernel }]);
    return modelFacts(model, { ...model, learned: true });
  };
  const data = factsOf(tableData([[1]], [[1]]).meta);
  const said = (more: object, given: object = {}) => {
    try {
      finetuneFacts(
        { model: facts(1, 1), data, ...given } as never,
        { ...block, ...more } as never,
      );
    } catch (error) {
      const { code, path, message, help } = error as ParameterError;
      return { code, path, message, help };
    }
  };
  const labels = term({ use: "labels" });
  const loss = [labels, term({ use: "logits" })];
  assert.deepEqual(said({ loss }), {
    code: "missing-input",
    path: "finetune.loss.1",
    message: "`logits` needs a teacher, and there is none",
    help: "give the recipe a teacher, or name one: teacher: …",
  });
  assert.equal(said({ loss, teacher: "t" }, { "finetune.teacher": facts(1, 1) }), undefined);
  const wide = said({ loss, teacher: "t" }, { "finetune.teacher": facts(1, 2) });
  assert.equal(wide?.path, "finetune.teacher");
  assert.equal(said({ loss, teacher: "t" }, { teacher: facts(1, 2) }), undefined);
  const match = said({
    loss: [labels, term({ use: "hint", match: [{ student: "dense1", teacher: "dense9" }] })],
    teacher: "t",
  }, {
    "finetune.teacher": facts(1, 1),
  });
  assert.match(match!.path, /^finetune\.loss\.1/);
  const double = denseModel([{ kernel: [[1]] }, { kernel: [[1]] }]);
  const two = { ...double, outputs: ["dense1", "dense2"] };
  assert.equal(said({}, { model: modelFacts(two, { ...two, learned: true }) })?.path, "model");
});
