/** Loads exported files again and compares them with the model they came from (law 8). */
import { ONNX_RUNTIME } from "../../engine/deps/onnxruntime_web.ts";
import type { Json } from "../../engine/digest.ts";
import type { Files } from "../../engine/kind.ts";
import { type Room, withTensors } from "../../engine/tensor/mod.ts";
import { type Dataset, part as partOf } from "../data/dataset.ts";
import { inferLogits } from "../model/infer.ts";
import { shapesOf, sizeOf } from "../model/layers.ts";
import { conditionRows, type Labels, range } from "../model/feed.ts";
import type { Model, ModelInput, Quantization } from "../model/model.ts";
import { noiseOf } from "../model/noise.ts";
import { preprocessed } from "../model/preprocess.ts";
import { decodeSafetensors } from "./safetensors/model_file.ts";
import { readLayersModel } from "./tfjs/read_layers_model.ts";
import { agreementOf, DifferenceError, largestDifference } from "./compare.ts";
import { inferenceModel } from "./inference_model.ts";
import { type Format, PACKED_FILE, SAFETENSORS_FILE } from "./format_fields.ts";
import { onnxLogits } from "./onnx/run_onnx.ts";
import { decodePacked } from "./packed/packed.ts";
import { stockLogits } from "./tfjs/run_stock.ts";

const WRONG = "the files do not compute what the model does";

/** Test samples that are compared. */
const SAMPLES = 64;

/** What a format's files compute: in the runtime they are for, and by our own reader where there is one. */
interface Reload {
  readonly runtime: string;
  /** The integer arithmetic that files of this form hold, of the model's; null: they compute in floats. */
  arithmetic(quantization: Quantization | null, format: Format): Quantization | null;
  /** Absent where a reader has no form for some layer; `reads` says of which models it has. */
  read?(files: Files): Model;
  reads?(model: Model): boolean;
  run(
    room: Room,
    files: Files,
    model: Model,
    samples: Shown,
    format: Format,
    signal: AbortSignal,
  ): Promise<Run>;
}

/** Logits, and where integers were judged one by one how far one is at most from its real, in steps. */
interface Run {
  readonly logits: Float32Array;
  readonly rounding?: number;
}

const reloads: { readonly [F in Format["use"]]: Reload } = {
  tfjs: {
    runtime: "tfjs-layers 4.22.0 on its CPU backend",
    arithmetic: () => null,
    // Some kinds are written in pieces that stock tfjs puts together, and that nobody takes apart again.
    reads: ({ layers }) => layers.every(({ kind }) => kind !== "attention" && kind !== "mixture"),
    read: (files) =>
      readLayersModel(
        JSON.parse(new TextDecoder().decode(files["model.json"])),
        (path) => files[path]!,
      ),
    run: async (room, files, { inputs, head }, { x, conditions }) => ({
      logits: await stockLogits(room, files, {
        x,
        shape: inputs[0]!.shape,
        conditions,
        headed: head !== "none",
      }),
    }),
  },
  onnx: {
    runtime: `onnxruntime-web ${ONNX_RUNTIME}, WebAssembly`,
    arithmetic: (quantization, format) =>
      format.use === "onnx" && format.form === "qdq" ? onnxRules(quantization) : null,
    async run(room, files, model, { x, conditions }, format, signal) {
      if (model.quantization === null || format.use !== "onnx") {
        return { logits: await onnxLogits(files, model, x, { conditions }) };
      }
      const { checkIntegers } = await import("./onnx/check_integers.ts");
      const samples = { x, shape: model.inputs[0]!.shape, conditions };
      return await checkIntegers(room, model, files, samples, { ...format, signal });
    },
  },
  packed: {
    runtime: "the file decoded again",
    arithmetic: (quantization) => quantization,
    run: async (room, files, _model, { count, x, y }) => ({
      logits: await inferLogits(room, decodePacked(files[PACKED_FILE]!), { count, x, y }),
    }),
  },
  safetensors: {
    runtime: "the file decoded again",
    arithmetic: (quantization) => quantization,
    run: async (room, files, _model, { count, x, y }) => ({
      logits: await inferLogits(room, decodeSafetensors(files[SAFETENSORS_FILE]!), { count, x, y }),
    }),
  },
};

/**
 * Compares logits on the first 64 test samples (noise where there are no data): of the files in their runtime, and of
 * the files read by `load`, with the model's; none may be off by more than the format's tolerance. Files without integer
 * activations are compared with the model computed from decoded weights in floats. Of ONNX files with them each integer
 * is judged alone, because two arithmetics may round a number half-way between two integers to either
 * (`onnx/check_integers.ts`); how far the logits are then from those of the model under ONNX's rules, and how often the
 * files answer as the integer model does, is noted, not judged. Returns the note. Throws an Error where the files compute
 * something else.
 */
export async function checkExport(
  given: Model,
  files: Files,
  format: Format,
  data: Dataset | undefined,
  signal: AbortSignal,
): Promise<Json> {
  const model = inferenceModel(given);
  const { runtime, arithmetic, run, reads, ...reload } = reloads[format.use];
  const read = reads?.(model) === false ? undefined : reload.read;
  return await withTensors(async (room) => {
    const shown = shownTo(model, data);
    const { count } = shown;
    const shape = shapesOf(model)[model.outputs[0]!]!;
    const width = sizeOf(shape);
    const logits = (of: Model) => inferLogits(room, of, shown, undefined, { signal });
    const meant = { ...model, quantization: arithmetic(model.quantization, format) };
    const expected = await logits(meant);
    const reread = read && largestDifference(await logits(read(files)), expected);
    if (reread !== undefined) assertWithin(reread, format.tolerance, "read again");
    const { logits: found, rounding } = await running(meant);
    const difference = largestDifference(found, expected);
    if (rounding === undefined) assertWithin(difference, format.tolerance, `in ${runtime}`);
    const note = {
      runtime,
      samples: count,
      difference,
      ...(reread !== undefined && { reread }),
      ...(rounding !== undefined && { rounding }),
    };
    // Of several numbers one is an answer; what is made of pixels answers nothing.
    if (width === 1 || shape.length > 1) return note;
    const agreement = agreementOf(found, expected, width);
    if (model.quantization === null) return { ...note, agreement };
    const own = meant.quantization?.rules === model.quantization.rules
      ? expected
      : await logits(model);
    return { ...note, agreement, integers: agreementOf(found, own, width) };

    async function running(meant: Model): Promise<Run> {
      try {
        return await run(room, files, meant, shown, format, signal);
      } catch (error) {
        if (!(error instanceof DifferenceError)) throw error;
        throw new Error(`${WRONG}: in ${runtime}, ${error.message}`);
      }
    }
  });
}

function onnxRules(quantization: Quantization | null): Quantization | null {
  return quantization && { ...quantization, rules: "onnx" };
}

/** Samples as a part, and the rows that further inputs read of their labels. */
interface Shown {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Labels;
  readonly conditions: readonly { readonly x: Float32Array; readonly shape: readonly number[] }[];
}

/**
 * The first test samples as the files expect them: raw where the model has its own preprocessing, else as the data
 * prepare them; noise of all classes in turn where there are no data.
 */
function shownTo(model: Model, data: Dataset | undefined): Shown {
  const { inputs, preprocess } = model;
  const [input, ...conditions] = inputs as readonly [ModelInput, ...ModelInput[]];
  const size = sizeOf(input.shape);
  const test = data && partOf(data, "test");
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
