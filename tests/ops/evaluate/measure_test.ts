import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { measure } from "../../../ops/evaluate/measure.ts";
import type { Model } from "../../../ops/model/model.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

refuseLeaks(true);

/** The identity of two numbers. */
const larger = denseModel([{ kernel: [[1, 0], [0, 1]], bias: [0, 0] }]);

Deno.test("measure gives milliseconds of one inference, and is bound to its host", async () => {
  const model: Model = larger;
  const context = runContext();
  const { latency } = await measure.run({ model }, { batch: 2, repeats: 3 }, context);
  assert.ok(latency! > 0 && latency! < 60_000);
  assert.ok(measure.volatile);
  assert.equal(context.heard.fractions.at(-1), 1);
});
