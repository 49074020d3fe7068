/** Ranges seen on the first training samples, by hand. */
import assert from "node:assert/strict";
import type { Layer, Model } from "../../../ops/model/model.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { FIRST_BATCH } from "../../../ops/learn/batches.ts";
import { calibratedRanges } from "../../../ops/quantize/calibrate.ts";
import {
  count,
  histogramOver,
  leastSquaresRange,
  percentileRange,
} from "../../../ops/quantize/clipping.ts";
import type { Calibration } from "../../../ops/quantize/fields.ts";
import { tableData } from "../learn/small_trainings.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";

refuseLeaks(true);

const model = denseModel([
  { kernel: [[1, -1]], activation: "relu" },
  { kernel: [[0], [0]] },
]);
const scheme = { bits: 4, symmetry: "asymmetric", rules: "onnx" } as const;

/** The ranges of the input, the first layer and the second, which gives nothing but zeros. */
const rangesOf = (values: readonly number[], calibration: Calibration, names?: readonly string[]) =>
  calibratedRanges(model, {
    names: new Set(names ?? ["input", "dense1", "dense2"]),
    data: tableData(values.map((value) => [value]), values.map(() => [0])),
    calibration,
    scheme,
  }, runContext());

Deno.test("minmax is from the smallest to the largest value, with 0 in it", async () => {
  const minmax = { use: "minmax", samples: 100 } as const;
  assert.deepEqual(await rangesOf([0.5, -2, 1], minmax), {
    input: { minimum: -2, maximum: 1 },
    dense1: { minimum: 0, maximum: 2 },
    dense2: { minimum: 0, maximum: 0 },
  });
  assert.deepEqual(await rangesOf([3, 5], minmax, ["input"]), {
    input: { minimum: 0, maximum: 5 },
  });
});

Deno.test("only the first samples are looked at, and all batches of them together", async () => {
  const values = Array.from({ length: FIRST_BATCH + 2 }, (_, i) => i / 64);
  const range = async (samples: number) =>
    (await rangesOf(values, { use: "minmax", samples }, ["input"]))["input"]!.maximum;
  assert.equal(await range(3), 2 / 64);
  assert.equal(await range(FIRST_BATCH + 1), 1);
  assert.equal(await range(1000), 65 / 64);
});

Deno.test("a moving average begins with the first batch's range and keeps a share of it", async () => {
  const values = Array.from({ length: FIRST_BATCH + 1 }, (_, i) => i === FIRST_BATCH ? -4 : 1);
  const moving = { use: "moving-average", momentum: 0.75, samples: 1000 } as const;
  assert.deepEqual(await rangesOf(values, moving, ["input"]), {
    input: { minimum: 0.25 * -4, maximum: 0.75 * 1 },
  });
});

const noisy = Array.from({ length: 200 }, (_, i) => i === 150 ? 40 : ((i * 37) % 101) / 50 - 1);
const histogram = () => {
  const found = histogramOver({ minimum: Math.min(...noisy.map(Math.fround)), maximum: 40 });
  count(found, Float32Array.from(noisy));
  return found;
};

Deno.test("mse and percentile narrow the outermost range by all values between", async () => {
  const mse = await rangesOf(noisy, { use: "mse", samples: 1000 }, ["input"]);
  assert.deepEqual(mse["input"], leastSquaresRange(histogram(), scheme));
  const percentile = { use: "percentile", percentile: 98, samples: 1000 } as const;
  const found = (await rangesOf(noisy, percentile, ["input"]))["input"]!;
  assert.deepEqual(found, percentileRange(histogram(), 98));
  assert.ok(found.maximum < 2, `${found.maximum}: the outlier is given up`);
});

Deno.test("a value that is always 0 keeps its range where others are narrowed", async () => {
  for (const calibration of [{ use: "mse" }, { use: "percentile", percentile: 90 }]) {
    const ranges = await rangesOf(noisy, { ...calibration, samples: 1000 } as Calibration);
    assert.deepEqual(ranges["dense2"], { minimum: 0, maximum: 0 });
    assert.deepEqual(Object.keys(ranges).sort(), ["dense1", "dense2", "input"]);
  }
});

Deno.test("both ends are those of all batches, wherever they were seen, and both move on average", async () => {
  // The first batch has both ends, the second neither.
  const values = Array.from(
    { length: 2 * FIRST_BATCH },
    (_, i) => i === 0 ? -4 : i === 1 ? 8 : i < FIRST_BATCH ? 0 : 1 - i % 2 * 2,
  );
  assert.deepEqual(await rangesOf(values, { use: "minmax", samples: 1000 }, ["input"]), {
    input: { minimum: -4, maximum: 8 },
  });
  const moving = { use: "moving-average", momentum: 0.75, samples: 1000 } as const;
  assert.deepEqual(await rangesOf(values, moving, ["input"]), {
    input: { minimum: 0.75 * -4 - 0.25, maximum: 0.75 * 8 + 0.25 },
  });
});

Deno.test("values are those of inference: nothing is dropped", async () => {
  const [first, head] = model.layers as [Layer, Layer];
  const drop = { name: "drop", kind: "dropout", inputs: ["dense1"], rate: 0.9 } as const;
  const dropping: Model = {
    ...model,
    layers: [first, drop, { ...head, inputs: ["drop"] } as Layer],
  };
  const ranges = await calibratedRanges(dropping, {
    names: new Set(["drop"]),
    data: tableData([[3], [-5]], [[0], [0]]),
    calibration: { use: "minmax", samples: 2 },
    scheme,
  }, runContext());
  assert.deepEqual(ranges, { drop: { minimum: 0, maximum: 5 } });
});

Deno.test("the threads of the step compute", async () => {
  const known = { names: new Set(["input"]), data: tableData([[1]], [[0]]), scheme };
  const calibration = { use: "minmax", samples: 1 } as const;
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(calibratedRanges(model, { ...known, calibration }, idle), /with 0 threads/);
});
