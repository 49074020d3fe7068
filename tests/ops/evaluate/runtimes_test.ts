import assert from "node:assert/strict";
import { runtimeField, timedFormat } from "../../../ops/evaluate/runtimes.ts";
import { formats } from "../../../ops/formats/formats.ts";

const { alternatives } = runtimeField["x-choice"];

Deno.test("every format with a runtime can be timed in it, with the options that its export has", () => {
  const runtimes = ["engine", "tfjs", "onnxruntime", "litert"];
  assert.deepEqual(Object.keys(alternatives), runtimes);
  const written = runtimes.map((name) => timedFormat({ use: name as "engine" })?.name);
  assert.deepEqual(written, [undefined, "tfjs", "onnx", "tflite"]);
  for (const { name, ...format } of formats) {
    if (!("runtime" in format) || format.runtime === undefined) continue;
    const { properties, "x-exported-as": exported } = alternatives[format.runtime.name];
    assert.equal(exported, name);
    assert.deepEqual(properties, format.fields.properties);
  }
  assert.deepEqual(alternatives.engine.properties, {});
});
