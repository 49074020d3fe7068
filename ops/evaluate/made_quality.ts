/** How good what a model makes is: against the samples themselves, or against what a reference makes of the same. */
import type { Metrics } from "../../engine/metrics.ts";
import type { RunContext } from "../../engine/op.ts";
import { type Room, withTensors } from "../../engine/tensor/mod.ts";
import { type Dataset, heldValues, type Part, part, type PartName } from "../data/dataset.ts";
import { range } from "../model/feed.ts";
import { forward } from "../model/forward.ts";
import { inferLogits, type InferOptions, weightTensors } from "../model/infer.ts";
import { shapesOf, sizeOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { preprocessed } from "../model/preprocess.ts";
import { outputsAsInputs } from "../learn/loss/auxiliary.ts";
import { headOutput } from "../learn/terms/parts/head_output.ts";
import { type Moments, momentsOf } from "./frechet.ts";
import type { EvaluatedMetric } from "./metric_rows.ts";
import { usualRows } from "./metrics.ts";
import { madeSheet } from "./made_sheet.ts";

/** Samples that are looked at together. */
const BATCH = 256;

/** Features that are compared at most: two matrices of this size are decomposed. */
const WIDEST = 512;

interface MadeQualityInputs {
  readonly model: Model;
  readonly reference: Model | undefined;
  /** The model whose features are compared. */
  readonly through: Model | undefined;
  readonly data: Dataset;
}

/**
 * `output-error`: the mean over samples and values of (x̂ − x)², behind the head. `frechet`: the distance of what the
 * last layer of `through` reads of x̂ and of x. For reconstruction x is the sample as the model sees it. For generation
 * x is what the reference makes of the same latent numbers; without a reference nothing is measured. Throws a
 * RangeError where the part is empty or the outputs cannot be compared. Notes: `made`, a picture of the first ones.
 */
export async function madeQuality(
  { model, reference, through, data }: MadeQualityInputs,
  { metrics = usualRows(data.meta.task), split }: {
    readonly metrics?: readonly EvaluatedMetric[];
    readonly split: PartName;
  },
  context: RunContext,
): Promise<Pick<Metrics, "samples" | "metrics">> {
  const samples = part(data, split);
  const { count } = samples;
  const { meta } = data;
  if (count === 0) throw new RangeError(`Cannot measure on ${split}: it has no samples`);
  const generates = meta.task === "generation";
  if (generates && reference === undefined) return { samples: count, metrics: {} };
  const { signal, progress, note } = context;
  return await withTensors(async (room) => {
    const outputs = async (of: Model, done: number) =>
      await outputsOf(room, of, samples, {
        meta,
        signal,
        progress: (fraction) =>
          progress(done + (generates ? 0.5 : 1) * fraction, `${count} samples`),
      });
    const made = await outputs(model, 0);
    const truth = generates
      ? await outputs(reference!, 0.5)
      : preprocessed(heldValues(samples.x), model.preprocess ?? meta.normalize);
    if (made.length !== truth.length) {
      throw new RangeError(
        `Cannot compare what is made: ${made.length / count} numbers for a sample, the other has ` +
          `${truth.length / count}`,
      );
    }
    const sheet = await madeSheet(truth, made, shapesOf(model)[model.outputs[0]!]!);
    if (sheet !== undefined) note("made", sheet);
    const seen = (outputs: Float32Array) =>
      featuresOf(room, through!, { outputs, count, y: samples.y }, signal);
    const found: [string, number][] = [];
    for (const { name, ofMade } of metrics) {
      if (ofMade !== undefined) found.push([name, await ofMade({ made, truth, seen })]);
    }
    return { samples: count, metrics: Object.fromEntries(found) };
  }, context);
}

/** What a model makes of samples, behind its head. */
async function outputsOf(
  room: Room,
  of: Model,
  samples: Part,
  options: InferOptions,
): Promise<Float32Array> {
  const logits = await inferLogits(room, of, samples, options);
  const width = logits.length / samples.count;
  const outputs = new Float32Array(logits.length);
  for (let first = 0; first < samples.count; first += BATCH) {
    const rows = logits.subarray(first * width, (first + BATCH) * width);
    room.tf.tidy(() => {
      const values = room.tensor(rows, [rows.length / width, width]);
      outputs.set(room.values(headOutput(room, of.head, values)), first * width);
    });
  }
  return outputs;
}

/** What the last layer of `through` reads of outputs; `y`: labels, which its further inputs read. */
async function featuresOf(
  room: Room,
  through: Model,
  { outputs, count, y }: Pick<Part, "count" | "y"> & { readonly outputs: Float32Array },
  signal: AbortSignal,
): Promise<Moments> {
  const last = through.layers.find(({ name }) => name === through.outputs[0])!.inputs[0]!;
  const width = sizeOf(shapesOf(through)[last]!);
  if (width > WIDEST) {
    throw new RangeError(
      `Cannot compare features: the last layer of the model that looks reads ${width} numbers, ` +
        `${WIDEST} are the most`,
    );
  }
  const size = outputs.length / count;
  const features = new Float32Array(count * width);
  const { weights, dispose } = weightTensors(room, through);
  try {
    for (let first = 0; first < count; first += BATCH) {
      signal.throwIfAborted();
      const batch = { samples: range(first, Math.min(BATCH, count - first)) };
      const rows = outputs.subarray(first * size, (first + BATCH) * size);
      room.tf.tidy(() => {
        const outputs = room.tensor(rows, [batch.samples.length, size]);
        const x = outputsAsInputs(room, through, outputs, { ...batch, y });
        const { taps } = forward(room, { ...through, weights }, x, {
          training: false,
          taps: [last],
        });
        features.set(room.values(taps[last]!), first * width);
      });
      await room.yieldToEventLoop();
    }
  } finally {
    dispose();
  }
  return momentsOf(features, count);
}
