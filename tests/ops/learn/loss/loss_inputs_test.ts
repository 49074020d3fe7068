/** What the terms of a loss read beside the batch. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { openLossInputs } from "../../../../ops/learn/loss/loss_inputs.ts";
import { denseModel } from "../../prune/dense_model.ts";
import { runContext } from "../../run_context.ts";
import { tableData } from "../small_trainings.ts";
import { term } from "../terms/support/evaluated.ts";

const data = tableData([[1], [2]], [[1], [2]]);
const model = denseModel([{ kernel: [[1]] }]);
const batch = { samples: Uint32Array.of(1, 0) };

Deno.test("each term has its own teacher or the step's, one object for each model, and none where it reads none", async () => {
  const loss = [
    term({ use: "labels" }),
    term({ use: "logits" }),
    term({ use: "logits", distance: "l1" }),
    term({ use: "logits", teacher: "other" }),
  ];
  const teacher = denseModel([{ kernel: [[2]] }]);
  const context = runContext({ referenced: { other: denseModel([{ kernel: [[3]] }]) } });
  await withTensors(async (room) => {
    const inputs = await openLossInputs(room, { loss, data, models: [model], teacher }, context);
    const [none, first, second, other] = inputs.teachers;
    assert.equal(none, undefined);
    assert.equal(first, second);
    const said = (one: typeof first) =>
      room.tf.tidy(() => [...room.values(one!.outputs(batch, []).logits)]);
    assert.deepEqual([said(first), said(other)], [[4, 2], [6, 3]]);
    inputs.dispose();
  });
});

Deno.test("recorded outputs stand for the step's teacher, rows by the numbers of the samples", async () => {
  const loss = [term({ use: "logits" })];
  const outputs = { count: 2, width: 1, logits: Float32Array.of(7, 8) };
  await withTensors(async (room) => {
    const sources = { loss, data, models: [model], outputs };
    const { teachers: [recorded], dispose } = await openLossInputs(room, sources, runContext());
    const rows = room.tf.tidy(() => [...room.values(recorded!.outputs(batch, []).logits)]);
    assert.deepEqual(rows, [8, 7]);
    assert.equal(recorded!.architecture, undefined);
    dispose();
  });
});
