import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { decodePngFile } from "../../../engine/deps/fast_png.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { madeQuality } from "../../../ops/evaluate/made_quality.ts";
import { madeSheet } from "../../../ops/evaluate/made_sheet.ts";
import { runContext } from "../run_context.ts";
import { denseModel } from "../prune/dense_model.ts";

refuseLeaks(true);

const identity = [[1, 0], [0, 1]];
const half = denseModel([{ kernel: [[0.5, 0], [0, 0.5]], bias: [0, 0] }]);
const whole = denseModel([{ kernel: identity, bias: [0, 0] }]);
/** Its last layer reads what its first one gives: the outputs themselves. */
const judge = denseModel([{ kernel: identity, bias: [0, 0] }, { kernel: identity, bias: [0, 0] }]);
const linear = {
  ...judge,
  layers: judge.layers.map((layer) => ({ ...layer, activation: "linear" }) as typeof layer),
};

const table = (task: "reconstruction" | "generation"): Dataset => ({
  meta: {
    ...{ input: [2], type: "float32" as const, task, classes: [], outputs: 1 },
    normalize: { scale: [2], offset: [0] },
  },
  parts: { test: { count: 3, x: Float32Array.of(1, 0, 0, 2, 2, 1), y: null } },
});
const measure = (task: "reconstruction" | "generation", reference?: typeof whole) =>
  madeQuality(
    { model: half, reference, judge: linear, data: table(task) },
    { metrics: ["output-error", "frechet"], split: "test" },
    runContext(),
  );
const plain = (model: typeof half) => ({ ...model, head: "none" as const });

Deno.test("output error and Fréchet distance are those worked out by hand", async () => {
  // Samples as a model sees them are twice the stored ones; half of each is made.
  const seen = [2, 0, 0, 4, 4, 2];
  const error = seen.reduce((sum, value) => sum + (value / 2) ** 2, 0) / 6;
  for (const reference of [undefined, plain(whole)]) {
    const { metrics, samples } = await madeQuality(
      {
        ...{ model: plain(half), reference, judge: linear },
        data: table(reference === undefined ? "reconstruction" : "generation"),
      },
      { metrics: ["output-error", "frechet"], split: "test" },
      runContext(),
    );
    assert.equal(samples, 3);
    assert.ok(Math.abs(metrics["output-error"] as number - error) < 1e-6);
    // Made is half of what it should be: means (2, 2) and (1, 1), and Σ is four times the other, so roots are twice it.
    const trace = 4 + 4;
    const expected = 1 + 1 + trace * (1 + 1 / 4 - 2 * 1 / 2);
    assert.ok(Math.abs(metrics.frechet as number - expected) < 1e-5, `${metrics.frechet}`);
  }
});

Deno.test("without a reference nothing says what latent numbers should become", async () => {
  assert.deepEqual(await measure("generation"), { samples: 3, metrics: {} });
});

Deno.test("a sheet has what should be made above what is, light by value", async () => {
  const sheet = async (truth: number[], made: number[], shape: number[]) =>
    await madeSheet(Float32Array.from(truth), Float32Array.from(made), shape) as
      | { url: string; width: number; height: number }
      | undefined;
  const found = await sheet([0, 1, 0.5, 0.2], [1, 0, 0, 2], [1, 2, 1]);
  const { url, width, height } = found!;
  assert.deepEqual([width, height], [4, 2]);
  const { data } = decodePngFile(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
  assert.deepEqual([...data], [0, 255, 128, 51, 255, 0, 0, 255]);
  const signed = await sheet([-1, 1], [0, 1], [1, 2, 1]);
  const bytes = Buffer.from(signed!.url.slice(signed!.url.indexOf(",") + 1), "base64");
  assert.deepEqual([...decodePngFile(bytes).data], [0, 255, 128, 255]);
  assert.equal(await sheet([1, 2], [3, 4], [2]), undefined);
});
