/**
 * `preprocessing.json` beside exported files: how raw samples become the inputs of the exported model, and what its outputs
 * are called. All of it is what the data set and the model say already; nothing is learned for it.
 */
import type { OpData, Task } from "../../../engine/op.ts";
import { given } from "../../../engine/given.ts";
import { COLUMNS_NOTE, type Meta } from "../../data/dataset.ts";
import { type AudioParams, audioShape, USUAL_AUDIO } from "../../data/audio/audio_fields.ts";
import type { CellWishes } from "../../data/table/raw_table.ts";
import type { Architecture, Model, ModelInput, Preprocess } from "../../model/model.ts";
import { inferenceModel } from "../inference_model.ts";
import { VOCABULARY_FILE } from "../vocabulary_file.ts";
import { codedTable, plainTable, type TableForm } from "./table_columns.ts";

/** What one sample is before it is numbers. */
type SampleForm =
  | TableForm
  /** Numbers of a shape, as they are. */
  | { readonly use: "numbers"; readonly shape: readonly number[] }
  /** Rows of pixels from the top, channels last: grey, or red, green and blue; each from 0 to `most`. */
  | {
    readonly use: "picture";
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly most: number;
  }
  /** Sound as the data field `audio` says, in which `high` is never left out. */
  | ({ readonly use: "sound" } & Required<AudioParams>)
  /** Token numbers, as a file beside the model's says. */
  | { readonly use: "text"; readonly length: number; readonly vocabulary: string };

/** The document. */
export interface Preprocessing {
  readonly format: 1;
  readonly task: Task;
  /** What the model reads, by name and shape without the batch; the first are samples. */
  readonly inputs: readonly ModelInput[];
  readonly sample: SampleForm;
  /**
   * value · scale + offset, by the last axis, where several are given in turn: done by the first layer of the files
   * (`model`), or to be done before (`caller`).
   */
  readonly normalize: Preprocess & { readonly by: "model" | "caller" };
  /** What becomes of the last layer's numbers, as the files do it, and what each answer is called, in order. */
  readonly answer: { readonly head: Model["head"]; readonly names?: readonly string[] };
}

/** All of a model but its weights. */
type ModelHead = Architecture & Pick<Model, "preprocess" | "classes">;

/** The document, from what is known without weights and samples. */
export function preprocessing(model: ModelHead, data: OpData): Preprocessing {
  const { head, preprocess, classes } = model;
  const { meta } = data.manifest as unknown as { readonly meta: Meta };
  const names = classes.length > 0
    ? classes
    : meta.classes.length > 0
    ? meta.classes
    : meta.targets;
  const reached = inferenceModel({ ...model, weights: {} } as Model).inputs;
  return {
    format: 1,
    task: meta.task,
    inputs: reached.map(({ name, shape }) => ({ name, shape })),
    sample: sampleForm(meta, data),
    normalize: {
      by: preprocess === null ? "caller" : "model",
      ...preprocess ?? meta.normalize,
    },
    answer: { head, ...given({ names }) },
  };
}

function sampleForm(
  { input: shape, text, type, columns }: Meta,
  { params, notes }: Pick<OpData, "params" | "notes">,
): SampleForm {
  const { audio, columns: wishes } = params as {
    readonly audio?: AudioParams;
    readonly columns?: CellWishes;
  };
  if (text !== undefined) return { use: "text", length: shape[0]!, vocabulary: VOCABULARY_FILE };
  if (columns !== undefined) return codedTable(columns, wishes ?? {});
  if (audio !== undefined) return soundForm(audio);
  if (type === "float32" && `${shape}` === `${audioShape(USUAL_AUDIO)}`) {
    return soundForm(USUAL_AUDIO);
  }
  const names = notes[COLUMNS_NOTE];
  if (shape.length === 1 && Array.isArray(names) && names.length === shape[0]) {
    return plainTable(names as string[]);
  }
  const [height, width, channels] = shape as [number, number, number];
  if (shape.length !== 3 || channels !== 1 && channels !== 3) return { use: "numbers", shape };
  return { use: "picture", height, width, channels, most: type === "uint8" ? 255 : 1 };
}

const soundForm = (audio: AudioParams): SampleForm => ({
  use: "sound",
  high: audio.rate / 2,
  ...audio,
});
