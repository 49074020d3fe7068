/** Which output of a model is kept where a file has several: one is trained and measured. */
import { listed, quoted } from "../../engine/quote.ts";
import type { AskedModel } from "./asked.ts";
import { UnreadableModelError } from "./format.ts";

/**
 * The place of the output that is kept among those of these names: the only one, or the one that is asked for; a note,
 * `outputs`, says which others are left out. Throws an UnreadableModelError where several are there and none is chosen, or
 * one that is not there.
 */
export function chosenOutput(
  names: readonly string[],
  { output, note }: Pick<AskedModel, "output" | "note">,
): number {
  if (output === undefined && names.length > 1) throw unchosen(names);
  const at = output === undefined ? 0 : names.indexOf(output);
  if (at < 0) {
    throw new UnreadableModelError(`The model has no output ${quoted(output!)}`, {
      help: `it has ${listed(names)}`,
      field: "output",
    });
  }
  const others = names.filter((_, i) => i !== at);
  if (others.length > 0) note?.("outputs", { kept: names[at]!, "left_out": others });
  return at;
}

/** What is said where a recipe has to choose. */
export function unchosen(names: readonly string[]): UnreadableModelError {
  return new UnreadableModelError(
    `The model has ${names.length} outputs (${listed(names)}), and one is trained and measured`,
    { help: `name it: output: ${names[0]}` },
  );
}
