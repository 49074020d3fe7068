/** Loads exported files again and compares them with the model they came from (law 8). */
import type { Json } from "../../engine/digest.ts";
import type { Files } from "../../engine/files.ts";
import { stream } from "../../engine/tensor/random.ts";
import { type Room, withTensors } from "../../engine/tensor/mod.ts";
import { type Dataset, part as partOf } from "../data/dataset.ts";
import { inferLogits } from "../model/infer.ts";
import { shapesOf, sizeOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { preprocessed } from "../model/preprocess.ts";
import { readLayersModel } from "../model/tfjs/read_layers_model.ts";
import { agreementOf, largestDifference } from "./compare.ts";
import type { Format } from "./format_fields.ts";
import { stockLogits } from "./tfjs/run_stock.ts";

/** Test samples that are compared. */
const SAMPLES = 64;

/** What a format's files compute: by our own reader, and in the runtime they are for. */
interface Reload {
  readonly runtime: string;
  read(files: Files): Model;
  run(room: Room, files: Files, model: Model, x: Float32Array): Promise<Float32Array>;
}

const reloads: { readonly [F in Format["use"]]: Reload } = {
  tfjs: {
    runtime: "tfjs-layers 4.22.0 on its CPU backend",
    read: (files) =>
      readLayersModel(
        JSON.parse(new TextDecoder().decode(files["model.json"])),
        (path) => files[path]!,
      ),
    run: (room, files, { inputs, head }, x) =>
      stockLogits(room, files, { x, shape: inputs[0]!.shape, headed: head !== "none" }),
  },
};

/**
 * Compares logits on the first 64 test samples (noise where there are no data): of the files in their runtime, and of
 * the files read by `load`, with the model's. A runtime without integer activations is compared with the model
 * computed from decoded weights in floats; how often it answers as the integer model does is noted, not judged.
 * Returns the note. Throws an Error where a difference is above the format's tolerance.
 */
export async function checkExport(
  model: Model,
  files: Files,
  format: Format,
  data: Dataset | undefined,
  signal: AbortSignal,
): Promise<Json> {
  const { runtime, read, run } = reloads[format.use];
  return await withTensors(async (room) => {
    const x = samplesOf(model, data);
    const count = x.length / sizeOf(model.inputs[0]!.shape);
    const width = sizeOf(shapesOf(model)[model.outputs[0]!]!);
    const part = { count, x, y: null };
    const logits = (of: Model) => inferLogits(room, of, part, undefined, { signal });
    const expected = await logits({ ...model, quantization: null });
    const reread = largestDifference(await logits(read(files)), expected);
    assertWithin(reread, format.tolerance, "read again");
    const found = await run(room, files, model, x);
    const difference = largestDifference(found, expected);
    assertWithin(difference, format.tolerance, `in ${runtime}`);
    const note = { runtime, samples: count, difference, reread };
    if (width === 1) return note;
    const agreement = agreementOf(found, expected, width);
    if (model.quantization === null) return { ...note, agreement };
    return { ...note, agreement, integers: agreementOf(found, await logits(model), width) };
  });
}

/** Samples as the files expect them: raw where the model has its own preprocessing, else as the data prepare them. */
function samplesOf(model: Model, data: Dataset | undefined): Float32Array {
  const size = sizeOf(model.inputs[0]!.shape);
  if (data === undefined) return stream(0, "noise").uniforms(0, SAMPLES * size);
  const { x } = partOf(data, "test");
  const first = x.subarray(0, SAMPLES * size);
  return preprocessed(first, model.preprocess === null ? data.meta.normalize : null);
}

function assertWithin(difference: number, tolerance: number, where: string): void {
  if (difference <= tolerance) return;
  throw new Error(
    `the files do not compute what the model does: ${where}, logits differ by ` +
      `${difference.toPrecision(3)} of the largest one, ${tolerance} is tolerated`,
  );
}
