import assert from "node:assert/strict";
import { runtimeField, timedFormat } from "../../../ops/evaluate/runtimes.ts";
import { formats } from "../../../ops/formats/formats.ts";
import { assertListed } from "../../listed.ts";

const { alternatives } = runtimeField["x-choice"];

Deno.test("every format with a runtime can be timed in it, with the options that its export has", () => {
  const runtimes = Object.keys(alternatives);
  assert.equal(runtimes[0], "engine");
  const timed = runtimes.map((name) => [name, timedFormat({ use: name as "engine" })?.name]);
  assertListed(Object.fromEntries(timed), {
    ...{ engine: undefined, tfjs: "tfjs", onnxruntime: "onnx", litert: "tflite" },
  });
  for (const { name, ...format } of formats) {
    if (!("runtime" in format) || format.runtime === undefined) continue;
    const { properties, "x-exported-as": exported } = alternatives[format.runtime.name];
    assert.equal(exported, name);
    assert.deepEqual(properties, format.fields.properties);
  }
  assert.deepEqual(alternatives.engine.properties, {});
});
