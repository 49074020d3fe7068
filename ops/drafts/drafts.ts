/** The recipes that are written for a person's own model: what is said of it, a first recipe, a search for a smaller one. */
import type { Drafts, Found } from "../../engine/recipe/words/drafts.ts";
import { countText } from "../../engine/quantity.ts";
import { formats } from "../formats/formats.ts";
import { modelFacts, shapesOf, show, sizeOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { asksNumbers, draftData } from "./draft_data.ts";
import { explainGuessing } from "./guessing.ts";
import { shrinkDraft } from "./shrink_draft.ts";

export const drafts: Drafts = {
  targets: formats.flatMap((format) => "fields" in format ? [format.name] : []),
  about: (model) => about(model as Model),
  data: (model, named) => draftData(model as Model, named),
  doubts: (model) => doubtsOf(model as Model),
  closely: ["accuracy", "loss", "confusion"],
  closer: (model, looks) => explainGuessing(model as Model, looks),
  quality: (model) =>
    asksNumbers(model as Model)
      ? { metric: "mae", aim: "minimize" }
      : { metric: "accuracy", aim: "maximize" },
  start,
  shrink: shrinkDraft,
};

/** `a keras model, input 32×32×3, 10 outputs, 78.7 k parameters, 12.5 M MACs`; its classes where the file names them. */
function about(model: Model): string {
  const { parameters, macs } = modelFacts(model, model);
  const kind = model.files?.format ?? model.family;
  const answers = model.outputs.map((name) => sizeOf(shapesOf(model)[name]!));
  return [
    `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind} model`,
    `input ${model.inputs.map(({ shape }) => show(shape)).join(" and ")}`,
    `${answers.join(" and ")} outputs`,
    ...model.classes.length === 0 ? [] : [`classes ${shortened(model.classes)}`],
    `${countText(parameters)} parameters`,
    `${countText(macs)} MACs`,
  ].join(", ");
}

/** Samples are one array: what a model reads besides is given it of their labels. */
function doubtsOf({ inputs: [, ...conditions] }: Model): readonly string[] {
  return conditions.map(({ name }) =>
    `its input \`${name}\` is given the class of each sample (1 at it, 0 elsewhere), as a generator ` +
    "reads it: if it expects anything else there, no figure means anything"
  );
}

const NAMED = 10;

function shortened(classes: readonly string[]): string {
  return classes.length <= NAMED ? classes.join(" ") : `${classes.slice(0, NAMED).join(" ")} …`;
}

/**
 * Integers alone. A model may have been trained on more than is at hand: to remove a fixed share of its channels loses
 * more than a few epochs bring back. Which share it bears `shrink` finds by trying.
 */
function start({ from, data, model }: Found) {
  const quality = asksNumbers(model as Model)
    ? "result.mae <= model.mae * 1.1"
    : "result.accuracy >= model.accuracy - 2 points";
  return {
    data,
    model: { from },
    quantize: "int8",
    export: formats[0].name,
    expect: [quality, "result.bytes <= model.bytes / 2"],
  };
}
