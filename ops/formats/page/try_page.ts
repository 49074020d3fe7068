/**
 * A page that runs a model in a browser: one file, which asks no network. The weights are in it as `packed` writes them;
 * `unpack.js` reads them, `run.js` computes with plain loops, `inputs.js` and `page.js` take what people give it.
 */
import type { Json } from "../../../engine/digest.ts";
import type { Meta } from "../../data/dataset.ts";
import { type AudioParams, audioShape, USUAL_AUDIO } from "../../data/audio/audio_fields.ts";
import type { Model } from "../../model/model.ts";
import { inferenceModel } from "../inference_model.ts";
import { encodePacked } from "../packed/packed.ts";
import { framedPage } from "./page_frame.ts";
import { runs } from "./run.js";

/** What a model reads, as the page offers it. */
type Reads =
  | {
    readonly use: "picture";
    readonly shape: readonly number[];
    /** The largest value of a pixel. */
    readonly most: number;
    /** Pictures are mostly dark: strokes are light. */
    readonly dark: boolean;
  }
  | { readonly use: "sound"; readonly audio: AudioParams }
  | { readonly use: "numbers"; readonly count: number }
  | ({ readonly use: "text"; readonly length: number; readonly cut: string } & Json);

/** Larger files are no page any more. */
const LARGEST = 1 << 25;

/** The data that a model is for: what a recipe says of them, and what became of it. */
export interface PageData {
  readonly params: { readonly audio?: AudioParams };
  readonly meta: Meta;
}

/**
 * The page, the same bytes for the same model and data; undefined for a model that it cannot run, for data that it
 * cannot take from people, and where it were larger than 32 MiB.
 */
export async function tryPage(
  name: string,
  given: Model,
  data: PageData,
): Promise<string | undefined> {
  const model = inferenceModel(given);
  const reads = readsOf(model, data);
  if (reads === undefined || !runs(model)) return undefined;
  const { inputs, outputs, layers, classes } = model;
  const { meta } = data;
  const about = {
    ...{ name, task: meta.task, inputs, outputs, layers, reads },
    classes: classes.length > 0 ? classes : meta.classes,
    preprocess: model.preprocess ?? meta.normalize,
  };
  const packed = encodePacked(model, {
    ...{ coding: "huffman", indices: "relative", indexBits: 5 },
    shapes: true,
  });
  if (packed.byteLength > LARGEST) return undefined;
  const script = await Promise.all([
    inlined(import("../packed/unpack.js", { with: { type: "text" } })),
    inlined(import("./functions.js", { with: { type: "text" } })),
    inlined(import("./windows.js", { with: { type: "text" } })),
    inlined(import("./run.js", { with: { type: "text" } })),
    inlined(import("./inputs.js", { with: { type: "text" } })),
    inlined(import("./page.js", { with: { type: "text" } })),
  ]);
  return framedPage({
    // JSON in a script element ends with the first tag that it holds.
    model: JSON.stringify(about).replaceAll("<", "\\u003c"),
    packed: packed.toBase64(),
    script: script.join("\n"),
  });
}

/** A module as a part of one: what it exports and imports stands in the same scope. */
async function inlined(module: Promise<unknown>): Promise<string> {
  const { default: source } = await module as { readonly default: string };
  return source.replace(/^import [^;]*;$/gm, "").replace(/^export /gm, "");
}

function readsOf({ inputs: [input] }: Model, { params, meta }: PageData): Reads | undefined {
  const { task, text, type, normalize } = meta;
  if (task !== "classification" && task !== "regression" || meta.columns) return undefined;
  const shape = input!.shape;
  if (text !== undefined) return textOf(meta);
  const audio = params.audio ??
    (type === "float32" && `${shape}` === `${audioShape(USUAL_AUDIO)}` ? USUAL_AUDIO : undefined);
  if (audio !== undefined) return { use: "sound", audio };
  if (shape.length === 1) return { use: "numbers", count: shape[0]! };
  if (shape.length !== 3 || ![1, 3].includes(shape[2]!)) return undefined;
  const most = type === "float32" ? 1 : 255;
  // What is learned of the data makes their mean 0.
  const mean = -normalize.offset[0]! / normalize.scale[0]!;
  return { use: "picture", shape, most, dark: !(mean > most / 2) };
}

function textOf({ input: [length], text }: Meta): Reads | undefined {
  const { cut, tokens, padding, unknown, frame } = text!;
  if (cut === undefined || cut.use === "word-piece") return undefined;
  return {
    use: "text",
    length: length!,
    cut: cut.use,
    tokens,
    padding,
    unknown,
    ...frame,
  } as Reads;
}
