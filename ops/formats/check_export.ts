/**
 * Loads exported files again and compares them with the model they came from: an export whose files do not compute what
 * the model does fails.
 */
import type { Json } from "../../engine/digest.ts";
import type { Files } from "../../engine/kind.ts";
import { given } from "../../engine/given.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { type Dataset, part as partOf } from "../data/dataset.ts";
import { inferLogits } from "../model/infer.ts";
import { shapesOf, sizeOf } from "../model/layers.ts";
import { conditionRows, range } from "../model/feed.ts";
import type { Model, ModelInput } from "../model/model.ts";
import { noiseOf } from "../model/noise.ts";
import { preprocessed } from "../model/preprocess.ts";
import { agreementOf, DifferenceError, largestDifference } from "./compare.ts";
import { inferenceModel } from "./inference_model.ts";
import type { FileAnswers, ShownSamples } from "./format.ts";
import { exportFormat, type FormatParams } from "./formats.ts";

const WRONG = "the files do not compute what the model does";

/** Test samples that are compared. */
const SAMPLES = 64;

/**
 * Compares logits on the first 64 test samples (noise where there are none): of the files in their runtime, and of
 * the files read by `load`, with the model's; none may be off by more than the format's tolerance. Files without integer
 * activations are compared with the model computed from decoded weights in floats. Of ONNX files with them each integer
 * is compared alone, because two arithmetics may round a number half-way between two integers to either
 * (`onnx/check_integers.ts`); how far the logits are then from those of the model under ONNX's rules, and how often the
 * files answer as the integer model does, is noted, not compared. Returns the note. Throws an Error where the files compute
 * something else.
 */
export async function checkExport(
  whole: Model,
  files: Files,
  options: FormatParams,
  { data, signal }: { readonly data: Dataset | undefined; readonly signal: AbortSignal },
): Promise<Json> {
  const model = inferenceModel(whole);
  const { tolerance } = options;
  const { runtime, arithmetic, reread, run } = exportFormat(options).verify;
  return await withTensors(async (room) => {
    const shown = shownTo(model, data);
    const { count } = shown;
    const shape = shapesOf(model)[model.outputs[0]!]!;
    const width = sizeOf(shape);
    const logits = (of: Model) => inferLogits(room, of, shown, { signal });
    const { quantization } = model;
    const own = quantization && (arithmetic?.(quantization, options) ?? null);
    const meant = arithmetic === undefined ? model : { ...model, quantization: own };
    const expected = await logits(meant);
    const again = await reread?.(files, model);
    const offAgain = again && largestDifference(await logits(again), expected);
    if (offAgain !== undefined) assertWithin(offAgain, tolerance, "read again");
    const { logits: found, rounding } = await running(meant);
    const difference = largestDifference(found, expected);
    if (rounding === undefined) assertWithin(difference, tolerance, `in ${runtime}`);
    const note = {
      runtime,
      samples: count,
      difference,
      ...given({ reread: offAgain, rounding }),
    };
    // Of several numbers one is an answer; what is made of pixels answers nothing.
    if (width === 1 || shape.length > 1) return note;
    const agreement = agreementOf(found, expected, width);
    if (quantization === null) return { ...note, agreement };
    const integers = meant.quantization?.rules === quantization.rules
      ? expected
      : await logits(model);
    return { ...note, agreement, integers: agreementOf(found, integers, width) };

    async function running(meant: Model): Promise<FileAnswers> {
      try {
        return await run({ room, files, model: meant, samples: shown, options, signal });
      } catch (error) {
        if (!(error instanceof DifferenceError)) throw error;
        throw new Error(`${WRONG}: in ${runtime}, ${error.message}`);
      }
    }
  });
}

/**
 * The first test samples as the files expect them: raw where the model has its own preprocessing, else as the data
 * prepare them; noise of all classes in turn where there are none.
 */
function shownTo(model: Model, data: Dataset | undefined): ShownSamples {
  const { inputs, preprocess } = model;
  const [input, ...conditions] = inputs as readonly [ModelInput, ...ModelInput[]];
  const size = sizeOf(input.shape);
  const part = data && partOf(data, "test");
  const test = part?.count === 0 ? undefined : part;
  const x = data === undefined || test === undefined
    ? noiseOf(model, input, SAMPLES, 0)
    : preprocessed(
      test.x.subarray(0, SAMPLES * size),
      preprocess === null ? data.meta.normalize : null,
    );
  const count = x.length / size;
  const classes = Math.min(...conditions.map(({ shape }) => sizeOf(shape)));
  const y = test === undefined ? Int32Array.from({ length: count }, (_, i) => i % classes) : test.y;
  return {
    count,
    x,
    y,
    conditions: conditions.map((each) => ({
      x: conditionRows(each, y, range(0, count)),
      shape: each.shape,
    })),
  };
}

function assertWithin(difference: number, tolerance: number, where: string): void {
  if (difference <= tolerance) return;
  throw new Error(
    `${WRONG}: ${where}, logits differ by ` +
      `${difference.toPrecision(3)} of the largest one, ${tolerance} is tolerated`,
  );
}
