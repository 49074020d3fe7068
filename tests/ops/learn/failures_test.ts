/** Trainings that go wrong say where, and what to try. */
import assert from "node:assert/strict";
import { denseModel } from "../prune/dense_model.ts";
import { fitted, sgd, tableData, training } from "./small_trainings.ts";

Deno.test("a training that runs away fails with the epoch and what to try", async () => {
  const data = tableData([[3], [5]], [[1], [2]]);
  const start = denseModel([{ kernel: [[1]] }]);
  const wild = training({ epochs: 200, optimizer: sgd(1e6) });
  await assert.rejects(fitted(start, data, wild), (error: Error & { help?: string }) => {
    assert.match(
      error.message,
      /^the training ran away: the loss became (Infinity|NaN) in epoch \d+, update \d+/,
    );
    assert.match(error.help!, /smaller learning_rate/);
    return true;
  });
});

Deno.test("a last update that leaves no number is found although the loss was one", async () => {
  const data = tableData([[3e18]], [[1]]);
  const start = denseModel([{ kernel: [[1e-18]] }]);
  await assert.rejects(
    fitted(start, data, training({ optimizer: sgd(1e30) })),
    /`dense1\/kernel` is not finite any more/,
  );
});

Deno.test("a term that never contributes fails the step", async () => {
  const data = tableData([[1]], [[1]]);
  const start = denseModel([{ kernel: [[0]] }]);
  const silent = training({
    loss: [{ use: "labels", weight: 1, smoothing: 0 }, { use: "labels", weight: 0, smoothing: 0 }],
  });
  await assert.rejects(fitted(start, data, silent), /`labels` never contributed/);
});
