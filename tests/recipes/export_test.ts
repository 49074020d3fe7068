/** What a recipe exports, checked in the tfjs that people install: on every test sample, in a process of its own. */
import assert from "node:assert/strict";
import { recipe } from "./support/small.ts";
import { accuracyInStock, testSamples } from "./support/stock_accuracy.ts";

Deno.test("an int8 model's accuracy in stock tfjs is within 0.2 points of the engine's own", async () => {
  const out = await Deno.makeTempDir();
  try {
    const small = recipe({
      name: "stock",
      data: { use: "digits", limit: 4000 },
      model: { use: "cnn", filters: [8, 16], dense: [32], train: { epochs: 4 } },
      quantize: { scheme: "int8" },
      export: "tfjs",
    });
    const run = await small.run({ cache: `${out}/cache`, out });
    assert.deepEqual(run.problems, []);
    const own = run.models.find(({ name }) => name === "quantized")!.accuracy!;
    assert.ok(own > 0.9, `it has learned: ${own}`);
    const stock = await accuracyInStock(`${out}/tfjs`, await testSamples(small));
    assert.ok(Math.abs(stock - own) <= 0.002 + 1e-9, `stock ${stock}, engine ${own}`);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("an export that fails does not lose the one behind it; the run has failed", async () => {
  const out = await Deno.makeTempDir();
  try {
    const run = await recipe({
      name: "two",
      data: { use: "digits", limit: 400 },
      model: { use: "mlp", hidden: [8], train: { epochs: 3 } },
      // No runtime adds floats as another one does.
      export: [{ use: "onnx", tolerance: 0 }, "tfjs"],
    }).run({ cache: `${out}/cache`, out });
    assert.equal(run.ending, "failed");
    assert.deepEqual(run.problems.map(({ code }) => code), ["step-failed"]);
    assert.match(run.problems[0]!.message, /`export-onnx` failed: .* 0 is tolerated/);
    assert.deepEqual(
      run.steps.filter(({ op }) => op === "export").map(({ name, status }) => [name, status]),
      [["export-onnx", "failed"], ["export-tfjs", "ran"]],
    );
    assert.ok(run.written.includes("tfjs/"));
    const { size } = await Deno.stat(`${out}/tfjs/model.json`);
    assert.ok(size > 0);
    assert.equal(run.lock, undefined);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
});
