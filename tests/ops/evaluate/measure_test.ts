import assert from "node:assert/strict";
import { openFacts } from "../../../engine/op.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { measure } from "../../../ops/evaluate/measure.ts";
import type { Model } from "../../../ops/model/model.ts";
import { declared, fieldsOf } from "../declared.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

refuseLeaks(true);

/** The identity of two numbers. */
const larger = denseModel([{ kernel: [[1, 0], [0, 1]], bias: [0, 0] }]);

Deno.test("measure gives milliseconds of one inference, and is bound to its host", async () => {
  const model: Model = larger;
  const context = runContext();
  const { latency, timing } = await measure.run({ model }, { batch: 2, repeats: 3 }, context);
  assert.ok(latency! > 0 && latency! < 60_000);
  assert.equal(timing, undefined);
  assert.deepEqual(context.reported.fractions, [1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1]);
});

Deno.test("where a runtime is named, the times say what they were measured in", async () => {
  const params = { in: { use: "engine" }, batch: 2, repeats: 3 } as const;
  const { latency, timing, metrics } = await measure.run({ model: larger }, params, runContext());
  assert.ok(timing!.low <= latency! && latency! <= timing!.high);
  assert.deepEqual([timing!.in, timing!.batch, timing!.repeats, metrics], ["engine", 2, 3, {}]);
});

Deno.test("files that answer one sample at a time are refused more before anything runs", () => {
  const facts = (use: "engine" | "litert" | "onnxruntime", batch: number) =>
    measure.facts({}, { in: { use }, batch, repeats: 1 });
  for (const [use, batch] of [["litert", 1], ["onnxruntime", 2], ["engine", 2]] as const) {
    assert.deepEqual(facts(use, batch), openFacts("metrics"));
  }
  assert.throws(() => facts("litert", 2), {
    path: "batch",
    message: "files for litert answer one sample at a time",
    help: "batch: 1",
  });
});

Deno.test("what it reads, makes and is called, and the limits of its fields", () => {
  assert.deepEqual(declared(measure), {
    ...{ name: "measure", version: 2, output: "metrics", volatile: true },
    inputs: {
      model: "model: The model that is timed, on noise of its input shape, or token numbers",
    },
    example: { repeats: 3 },
  });
  assert.deepEqual(measure.metrics, [{ name: "latency", dimension: "time", better: "less" }]);
  const { makes } = measure;
  assert.ok(typeof makes === "function");
  assert.equal(makes({ model: "small", params: {} }), "small-speed");
  const { in: _, ...fields } = fieldsOf(measure);
  assert.deepEqual(fields, {
    batch: { type: "integer", minimum: 1, maximum: 1_000_000, default: 1 },
    repeats: { type: "integer", minimum: 1, maximum: 100_000, default: 30 },
  });
});
