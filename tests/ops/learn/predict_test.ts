/** The op `predict`. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { assertRoom, predict } from "../../../ops/learn/predict.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { denseModel } from "../prune/dense_model.ts";
import { declared, fieldsOf } from "../declared.ts";
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
  const message =
    "Cannot keep what the model says of 805306368 samples: 2 numbers for each make 6.0 GiB, 2 GiB " +
    "are the most; take fewer samples (data: { limit: … }) or tokens (text: { vocabulary: …, length: … }), " +
    "or say `augment` in `distill`, so that the teacher answers batch by batch";
  assert.throws(() => assertRoom(0x3000_0000, 2), { name: "RangeError", message });
});

Deno.test("what it reads, what its outputs are called, and that room for them is asked for first", async () => {
  assert.deepEqual(declared(predict), {
    ...{ name: "predict", version: 1, output: "outputs" },
    inputs: {
      model: "model learned: The model that is asked, in inference",
      data: "dataset: The samples it is asked about",
    },
  });
  assert.deepEqual(fieldsOf(predict), {});
  assert.deepEqual([...predict.inputs.data.parts!({})].sort(), ["meta", "train"]);
  const makes = predict.makes as (step: object) => string;
  assert.equal(makes({ model: "large" }), "large-outputs");
  assert.equal(makes({ model: "large", data: "a" }), "large-outputs-a");
  const one = tableData([[1, 2]], [[1, 1]]);
  const many = { ...one, parts: { train: { ...one.parts.train!, count: 0x1000_0001 } } };
  await assert.rejects(
    async () => await predict.run({ model, data: many }, {}, runContext()),
    /2 numbers for each make 2\.0 GiB/,
  );
});

Deno.test("progress names the samples, and an aborted run ends", async () => {
  const data = tableData([[1, 2]], [[0, 0]]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(
    async () => await predict.run({ model, data }, {}, runContext({ signal })),
    /enough/,
  );
  const told: unknown[] = [];
  const progress = (...each: unknown[]) => void told.push(each);
  await predict.run({ model, data }, {}, { ...runContext(), progress });
  assert.deepEqual(told.at(-1), [1, "1 samples", 1]);
});

Deno.test("the threads of the step compute", async () => {
  const data = tableData([[1, 2]], [[0, 0]]);
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(async () => await predict.run({ model, data }, {}, idle), /with 0 threads/);
});
