import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { frechetDistance, momentsOf } from "../../../ops/evaluate/frechet.ts";
import { type MetricName, metricNamed } from "../../../ops/evaluate/metrics.ts";
import { madeQuality } from "../../../ops/evaluate/made_quality.ts";
import type { Model } from "../../../ops/model/model.ts";
import { runContext } from "../run_context.ts";
import { denseModel } from "../prune/dense_model.ts";

const rows = (...names: MetricName[]) => names.map((name) => metricNamed(name));

refuseLeaks(true);

const identity = [[1, 0], [0, 1]];
const half = denseModel([{ kernel: [[0.5, 0], [0, 0.5]], bias: [0, 0] }]);
const whole = denseModel([{ kernel: identity, bias: [0, 0] }]);
/** Its last layer reads what its first one gives: the outputs themselves. */
const through = denseModel([{ kernel: identity, bias: [0, 0] }, {
  kernel: identity,
  bias: [0, 0],
}]);
const linear = {
  ...through,
  layers: through.layers.map((layer) => ({ ...layer, activation: "linear" }) as typeof layer),
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
    { model: half, reference, through: linear, data: table(task) },
    { metrics: rows("output-error", "frechet"), split: "test" },
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
        ...{ model: plain(half), reference, through: linear },
        data: table(reference === undefined ? "reconstruction" : "generation"),
      },
      { metrics: rows("output-error", "frechet"), split: "test" },
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

Deno.test("what is made is compared in equal numbers, with samples, and by few enough features", async () => {
  const asked = (more: object, data = table("generation")) =>
    madeQuality(
      { model: plain(half), reference: plain(whole), through: linear, data, ...more },
      { metrics: rows("output-error", "frechet"), split: "test" },
      runContext(),
    );
  const three = denseModel([{ kernel: [[1, 0, 0], [0, 1, 0]], bias: [0, 0, 0] }]);
  await assert.rejects(
    asked({ reference: plain(three) }),
    new RangeError("Cannot compare what is made: 2 numbers for a sample, the other has 3"),
  );
  const { meta } = table("generation");
  const none = { meta, parts: { test: { count: 0, x: new Float32Array(), y: null } } };
  await assert.rejects(
    asked({}, none),
    new RangeError("Cannot measure on test: it has no samples"),
  );
  const wide = (width: number) => {
    const row = Array.from({ length: width }, () => 1);
    return denseModel([{ kernel: [row, row] }, { kernel: row.map(() => [1]) }]);
  };
  await assert.rejects(
    asked({ through: wide(513) }),
    new RangeError(
      "Cannot compare features: the last layer of the model that looks reads 513 numbers, 512 are the most",
    ),
  );
  // As many as that are looked at, until the signal comes.
  const stop = new AbortController();
  const stopped = runContext({
    signal: stop.signal,
    progress: (fraction) => fraction === 1 && stop.abort(new Error("enough")),
  });
  await assert.rejects(
    madeQuality(
      {
        model: plain(half),
        reference: plain(whole),
        through: wide(512),
        data: table("generation"),
      },
      { metrics: rows("frechet"), split: "test" },
      stopped,
    ),
    /enough/,
  );
});

Deno.test("a part of several batches is measured whole, and what is looked through infers", async () => {
  const x = Float32Array.from({ length: 600 }, (_, i) => Math.fround(Math.sin(i * i * 0.37)));
  const { meta } = table("reconstruction");
  const many: Dataset = {
    meta: { ...meta, normalize: { scale: [1], offset: [0] } },
    parts: { test: { count: 300, x, y: null } },
  };
  const [first, second] = linear.layers;
  const dropping: Model = {
    ...linear,
    layers: [
      first!,
      { name: "dropout", kind: "dropout", inputs: [first!.name], rate: 0.5 },
      { ...second!, inputs: ["dropout"] },
    ],
  };
  const context = runContext();
  const { metrics } = await madeQuality(
    { model: plain(half), reference: undefined, through: dropping, data: many },
    { metrics: rows("output-error", "frechet"), split: "test" },
    context,
  );
  const error = x.reduce((sum, value) => sum + (value / 2) ** 2, 0) / 600;
  assert.ok(Math.abs(metrics["output-error"] as number - error) < 1e-6);
  const halves = x.map((value) => value / 2);
  const expected = frechetDistance(momentsOf(halves, 300), momentsOf(x, 300));
  assert.ok(Math.abs(metrics.frechet as number - expected) < 1e-6);
  assert.deepEqual(context.reported.notes, {}, "rows of numbers are no picture");
});

Deno.test("features are compared batch by batch, and a signal between two batches stops it", async () => {
  const { meta } = table("reconstruction");
  const many: Dataset = {
    meta,
    parts: { test: { count: 300, x: new Float32Array(600), y: null } },
  };
  const { now } = performance;
  let time = now.call(performance);
  const stop = new AbortController();
  // The look at its last layer is the first thing that is done for features.
  const looking: Model = {
    ...linear,
    get outputs() {
      setTimeout(() => stop.abort(new Error("enough")));
      return linear.outputs;
    },
  };
  // Every look at the clock finds that the event loop has waited long enough.
  performance.now = () => time += 60;
  try {
    await assert.rejects(
      madeQuality(
        { model: plain(half), reference: undefined, through: looking, data: many },
        { metrics: rows("frechet"), split: "test" },
        runContext({ signal: stop.signal }),
      ),
      /enough/,
    );
  } finally {
    performance.now = now;
  }
});

Deno.test("samples are as the model prepares them, and the usual figure is the error", async () => {
  const prepared = { ...plain(half), preprocess: { scale: [3], offset: [0] } };
  const given = { model: prepared, reference: undefined, through: undefined };
  const said: string[] = [];
  const progress = (_: number, text?: string) => void said.push(text!);
  const { metrics } = await madeQuality(
    { ...given, data: table("reconstruction") },
    { split: "test" },
    { ...runContext(), progress },
  );
  const error = [1, 0, 0, 2, 2, 1].reduce((sum, value) => sum + (1.5 * value) ** 2, 0) / 6;
  assert.deepEqual(Object.keys(metrics), ["output-error"]);
  assert.ok(Math.abs(metrics["output-error"] as number - error) < 1e-5);
  assert.deepEqual(said, ["3 samples"]);
  const asked = (context: ReturnType<typeof runContext>) =>
    madeQuality({ ...given, data: table("reconstruction") }, { split: "test" }, context);
  await assert.rejects(asked({ ...runContext(), threads: 0 }), /with 0 threads/);
  const stopped = runContext({ signal: AbortSignal.abort(new Error("enough")) });
  await assert.rejects(asked(stopped), /enough/);
});

Deno.test("models that make the same are at no distance, and only what is asked for is measured", async () => {
  const { metrics } = await madeQuality(
    { model: plain(half), reference: plain(half), through: undefined, data: table("generation") },
    { metrics: rows("output-error"), split: "test" },
    runContext(),
  );
  assert.deepEqual(metrics, { "output-error": 0 });
});

Deno.test("progress runs once to its end, and a picture of images is noted", async () => {
  const squares = (task: "reconstruction" | "generation"): Dataset => ({
    meta: { ...table(task).meta, input: [1, 2, 1] },
    parts: table(task).parts,
  });
  const image: Model = {
    ...plain(half),
    inputs: [{ name: "input", shape: [1, 2, 1] }],
    layers: [
      { name: "flat", kind: "flatten", inputs: ["input"] },
      ...half.layers.map((layer) => ({ ...layer, inputs: ["flat"] })),
      { name: "square", kind: "reshape", inputs: half.outputs, shape: [1, 2, 1] },
    ],
    outputs: ["square"],
  };
  for (const task of ["reconstruction", "generation"] as const) {
    const context = runContext();
    await madeQuality(
      { model: image, reference: image, through: undefined, data: squares(task) },
      { metrics: rows("output-error"), split: "test" },
      context,
    );
    assert.equal(context.reported.fractions.at(-1), 1);
    assert.equal(context.reported.fractions.includes(0.5), task === "generation");
    const { width, height } = context.reported.notes.made as { width: number; height: number };
    assert.deepEqual([width, height], [6, 2]);
  }
});
