/** The field `data` for a model that was read from a file: sizes, colours and numbers as the model takes them. */
import type { Json } from "../../engine/digest.ts";
import type { DraftFields, NamedData } from "../../engine/recipe/words/drafts.ts";
import { DecantError } from "../../engine/error.ts";
import { given } from "../../engine/given.ts";
import { dataFormat, dataFormatNames } from "../data/data_formats.ts";
import { embeddedSets } from "../data/embedded_sets.ts";
import { kindOf } from "../model/kinds/mod.ts";
import { shapesOf, sizeOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";

/** Means and deviations of ImageNet's pictures, by which torchvision's networks were trained. */
const IMAGENET: Json = {
  use: "fixed",
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};

/**
 * The data's fields, once for each normalisation that models of such an input are trained with: a file seldom says which.
 * One alone where the model brings its own or reads tokens. Throws a RangeError for a format that is none.
 */
export function draftData(model: Model, asked: NamedData): readonly DraftFields[] {
  const named = { ...asked, ...given({ format: asked.format ?? formatOf(asked) }) };
  const fields = { ...placeOf(named), ...inputOf(model, named), ...answerOf(model, named) };
  if (model.preprocess !== null || readsTokens(model)) return [fields];
  return normalizations(model).map((normalize) => ({ ...fields, normalize }));
}

/** That of a folder of pictures, which need a size; what other files are is told when they are read. */
function formatOf({ files }: NamedData): string | undefined {
  const { name, holds } = dataFormat("images");
  return holds?.(files) ? name : undefined;
}

/** The files, or the embedded data set of that name. Throws a `usage` error for a bare name that is neither. */
function placeOf({ from, format, there }: NamedData): DraftFields {
  if (format !== undefined && !dataFormatNames.some((name) => name === format)) {
    throw new RangeError(`There is no format of data "${format}"`);
  }
  const embedded = !there && format === undefined && embeddedSets.some(({ name }) => name === from);
  if (!there && !embedded && /^[\w-]+$/.test(from)) {
    const names = embeddedSets.map(({ name }) => name).join(", ");
    throw new DecantError(
      "usage",
      `"${from}" is neither a file nor a folder, and no data set that comes along`,
      `a path, or one of ${names}`,
    );
  }
  return embedded ? { use: from } : { from, ...given({ format }) };
}

/** Pictures get the model's size and colours, texts its length and the numbers of a vocabulary beside it. */
function inputOf(model: Model, { format, besideModel, modelFile }: NamedData): DraftFields {
  const shape = model.inputs[0]!.shape;
  if (format === "images" && shape.length === 3) {
    const [height, width, channels] = shape as [number, number, number];
    return { resize: [height, width], color: channels === 1 ? "gray" : "rgb" };
  }
  if (!readsTokens(model)) return {};
  // The words of a BERT's list are pieces of words; others' are words.
  const describing = model.family === "bert" ? ["tokenizer.json", "vocab.txt"] : ["tokenizer.json"];
  const tokenizer = describing.find((name) => besideModel.includes(name));
  const vocabulary = besideModel.find((name) => /^vocab(ulary)?\.(txt|json)$/.test(name));
  return {
    text: {
      tokens: tokenizer === undefined ? "words" : { from: modelFile(tokenizer) },
      length: shape[0]!,
      ...given({
        vocabulary: tokenizer === undefined && vocabulary !== undefined
          ? modelFile(vocabulary)
          : undefined,
      }),
    },
  };
}

/** Numbers are asked of a model that gives one and no probability; classes go by the names that the file has. */
function answerOf(model: Model, { format }: NamedData): DraftFields {
  if (asksNumbers(model)) return { task: "regression" };
  return format !== undefined && model.classes.length > 0 ? { classes: [...model.classes] } : {};
}

/** Whether a model answers a number and no class. */
export function asksNumbers(model: Model): boolean {
  const { head, classes, outputs } = model;
  return head === "none" && classes.length === 0 && sizeOf(shapesOf(model)[outputs[0]!]!) === 1;
}

/** Whether a model reads numbers of tokens: it looks them up in a table. */
export function readsTokens({ inputs, layers }: Model): boolean {
  const [input] = inputs;
  return layers.some((layer) =>
    kindOf(layer).vocabulary(layer) !== undefined && layer.inputs.includes(input!.name)
  );
}

function normalizations({ inputs }: Model): readonly Json[] {
  const shape = inputs[0]!.shape;
  if (shape.length !== 3) return ["none", "standard", "unit"];
  const signed = { use: "range", low: -1, high: 1 };
  return ["none", "unit", signed, ...(shape[2] === 3 ? [IMAGENET] : ["standard"])];
}
