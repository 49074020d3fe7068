/** Which augmentations suit which samples. */
import { type DatasetFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { architectureOf } from "../../model/layers.ts";
import { chosenDefinition } from "../../../engine/own/entry.ts";
import type { Augmentation, OwnAugmentation, VariedSubject } from "./augment.ts";
import { termOf } from "../terms/terms.ts";
import type { Training } from "../training_fields.ts";

const subjects: { readonly [A in Augmentation["use"]]: VariedSubject } = {
  shift: "images",
  crop: "images",
  flip: "images",
  rotate: "images",
  color: "images",
  cutout: "images",
  noise: "numbers",
  mixup: "numbers",
  "mask-tokens": "text",
  "replace-tokens": "text",
  "drop-tokens": "text",
  "crop-tokens": "text",
};

/** Throws a ParameterError where samples, model or terms cannot do with one of the augmentations. */
export function assertVaries(
  { augment, loss }: Pick<Training, "augment" | "loss">,
  model: ModelFacts,
  data: DatasetFacts,
): void {
  for (const [index, each] of augment.entries()) {
    const { use } = each;
    const why = misfit(each, data) ?? (use === "mixup" ? unmixable(loss, model) : undefined);
    if (why === undefined) continue;
    throw new ParameterError(
      "shape-mismatch",
      augment.length === 1 ? "augment" : `augment.${index}`,
      `\`${use}\` ${why}`,
      "leave it out of augment",
    );
  }
}

function misfit(
  augmentation: Augmentation,
  { input, text, task }: DatasetFacts,
): string | undefined {
  const { use } = augmentation;
  const subject = chosenDefinition<OwnAugmentation>(augmentation)?.subject ?? subjects[use];
  const found = text !== undefined ? "text" : input?.join("×");
  const images = input === undefined ? text === undefined : input.length === 3;
  if (subject === "images" && !images) return `varies images, and a sample here is ${found}`;
  if (subject === "numbers" && text !== undefined) {
    return "changes numbers, and samples here are text";
  }
  if (subject === "text" && text === undefined) return `varies text, and a sample here is ${found}`;
  const moves = use === "drop-tokens" || use === "crop-tokens";
  return moves && task === "next-token"
    ? "moves tokens, and the answers are what comes behind each of them"
    : undefined;
}

function unmixable(loss: Training["loss"], model: ModelFacts): string | undefined {
  const single = loss.find((term) => termOf(term).oneClass);
  if (single !== undefined) {
    return `leaves no sample one true class, and \`${single.use}\` tells it from the others`;
  }
  return (architectureOf(model)?.inputs.length ?? 1) > 1
    ? "mixes labels, and the model is told one class"
    : undefined;
}
