/**
 * A page that runs a model in a browser: one file, which asks no network. The weights are in it as `packed` writes them;
 * `unpack.js` reads them, `run.js` computes with plain loops, `inputs.js` and `page.js` take what people give it.
 */
import { given } from "../../../engine/given.ts";
import type { OpData } from "../../../engine/op.ts";
import type { Meta } from "../../data/dataset.ts";
import type { Model } from "../../model/model.ts";
import { inferenceModel } from "../inference_model.ts";
import { encodePacked } from "../packed/packed.ts";
import { type Preprocessing, preprocessing } from "../preprocessing/preprocessing.ts";
import { vocabularyOf } from "../vocabulary_file.ts";
import { framedPage } from "./page_frame.ts";
import { runs } from "./run.js";

/** Larger files are no page any more. */
const LARGEST = 1 << 25;

/**
 * The page, the same bytes for the same model and data; undefined for a model that it cannot run, for data that it
 * cannot take from people, and where it were larger than 32 MiB.
 */
export async function tryPage(
  name: string,
  whole: Model,
  data: OpData,
): Promise<string | undefined> {
  const model = inferenceModel(whole);
  const { meta } = data.manifest as unknown as { readonly meta: Meta };
  const document = preprocessing(model, data);
  if (!canBeGiven(document, meta) || !runs(model)) return undefined;
  const { inputs, outputs, layers } = model;
  const about = {
    name,
    inputs,
    outputs,
    layers,
    preprocessing: document,
    ...given({ vocabulary: vocabularyOf(meta), dark: isDark(document, meta) }),
  };
  const packed = encodePacked(model, {
    coding: "huffman",
    indices: "relative",
    indexBits: 5,
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

/** Whether people can give such samples to a page, and be told the answers. */
function canBeGiven({ task, sample }: Preprocessing, { input, text }: Meta): boolean {
  if (!TOLD.includes(task)) return false;
  if (text !== undefined) return RULES.includes(text.cut?.use ?? "");
  return sample.use !== "numbers" || input.length === 1;
}

/** Whether pictures are mostly dark, so that strokes are light: what is learned of the data makes their mean 0. */
function isDark(
  { sample }: Preprocessing,
  { normalize: { scale, offset } }: Meta,
): boolean | undefined {
  if (sample.use !== "picture") return undefined;
  const mean = -offset[0]! / scale[0]!;
  return !(mean > sample.most / 2);
}

/** The tasks whose answers are classes, labels or numbers. */
const TOLD: readonly string[] = ["classification", "multi-label", "regression"];

/** The ways to cut a text that need no file. */
const RULES: readonly string[] = ["words", "characters"];
