/** The ranges of values between layers, seen on the first training samples. */
import type { RunContext } from "../../engine/op.ts";
import { type Tensor, withTensors } from "../../engine/tensor/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import { forward } from "../model/forward.ts";
import { weightTensors } from "../model/infer.ts";
import type { Model } from "../model/model.ts";
import { eachFirstBatch } from "../learn/batches.ts";
import type { ActivationScheme, Range } from "../model/integers/activation_format.ts";
import {
  count,
  type Histogram,
  histogramOver,
  leastSquaresRange,
  percentileRange,
} from "./clipping.ts";
import type { Calibration } from "./fields.ts";

/** What ranges are found of, and how. */
interface CalibrationInputs {
  /** Layers and inputs whose values are watched. */
  readonly names: ReadonlySet<string>;
  readonly data: Dataset;
  readonly calibration: Calibration;
  readonly scheme: ActivationScheme;
}

/**
 * The range of each value in `names`, computed with float weights in inference mode. `mse` and `percentile` read the
 * samples twice: for the outermost values, then for how often which value falls between them.
 */
export function calibratedRanges(
  model: Model,
  { names, data, calibration, scheme }: CalibrationInputs,
  context: RunContext,
): Promise<Readonly<Record<string, Range>>> {
  return withTensors(async (room) => {
    const { weights, dispose } = weightTensors(room, model);
    try {
      return await narrowed(await outermost());
    } finally {
      dispose();
    }

    async function outermost(): Promise<Record<string, Range>> {
      const seen: Record<string, Range> = {};
      const momentum = calibration.use === "moving-average" ? calibration.momentum : undefined;
      await observe((name, values) => {
        const [before, now] = [seen[name], rangeOf(values)];
        seen[name] = before === undefined ? now : joined(before, now, momentum);
      });
      return seen;
    }

    async function narrowed(outer: Record<string, Range>): Promise<Record<string, Range>> {
      if (calibration.use === "minmax" || calibration.use === "moving-average") return outer;
      const histograms: Record<string, Histogram> = {};
      for (const [name, range] of Object.entries(outer)) {
        if (range.maximum > range.minimum) histograms[name] = histogramOver(range);
      }
      await observe((name, values) => {
        const histogram = histograms[name];
        if (histogram !== undefined) count(histogram, values);
      });
      const narrow = calibration.use === "mse"
        ? (histogram: Histogram) => leastSquaresRange(histogram, scheme)
        : (histogram: Histogram) => percentileRange(histogram, calibration.percentile);
      return {
        ...outer,
        ...Object.fromEntries(
          Object.entries(histograms).map(([name, each]) => [name, narrow(each)]),
        ),
      };
    }

    async function observe(see: (name: string, values: Float32Array) => void): Promise<void> {
      const transform = (name: string, value: Tensor): Tensor => {
        if (names.has(name)) see(name, room.values(value));
        return value;
      };
      await eachFirstBatch(room, model, { data, samples: calibration.samples, context }, (x) => {
        forward(room, { ...model, weights }, x, { training: false, transform });
      });
    }
  }, context);
}

/** The range of values, 0 among them. */
function rangeOf(values: Float32Array): Range {
  let [minimum, maximum] = [0, 0];
  for (const value of values) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return { minimum, maximum };
}

/** Both ranges together, or where a momentum is given their moving average. */
function joined(before: Range, now: Range, momentum: number | undefined): Range {
  if (momentum === undefined) {
    return {
      minimum: Math.min(before.minimum, now.minimum),
      maximum: Math.max(before.maximum, now.maximum),
    };
  }
  return {
    minimum: momentum * before.minimum + (1 - momentum) * now.minimum,
    maximum: momentum * before.maximum + (1 - momentum) * now.maximum,
  };
}
