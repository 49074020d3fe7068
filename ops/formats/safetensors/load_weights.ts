/** A network of the zoo with the weights of a file. */
import { listed, noteSaid, sentenceOf } from "../../../engine/quote.ts";
import { ParameterError, type RunContext } from "../../../engine/op.ts";
import { readApart } from "../../../engine/reading.ts";
import { fileFormat } from "../file_format.ts";
import { initialModel } from "../../model/initialize.ts";
import { weightSlots } from "../../model/layers.ts";
import { type Architecture, type Model, type Weight } from "../../model/model.ts";
import { notFinite } from "../../model/sound.ts";
import { decodeWeight, floatWeight } from "../../model/weights.ts";
import { isSafetensors } from "./format.ts";
import { ownWeights, saidIn } from "./model_file.ts";
import { weightNamed } from "./named_weights.ts";
import { readSafetensors } from "./safetensors_file.ts";
import { torchvisionWeights } from "./torchvision.ts";

/** The layer that a checkpoint of another task goes without: it is drawn, and a warning says so. */
const HEAD = "head.dense";

/**
 * The network with its weights from a safetensors file, read in a thread of its own: by our names, or by those of the family's published checkpoints (bert's, torchvision's);
 * small numbers are decoded. The head may be missing and is then drawn by `seed`. Throws a ParameterError for a file that
 * cannot be read, or that lacks a weight or has one of another shape.
 */
export async function loadWeights(
  architecture: Architecture,
  source: string,
  seed: number,
  context: RunContext,
): Promise<Model> {
  const reader = {
    module: import.meta.url,
    read: readWeights,
    sources: [source],
    field: "weights",
  };
  return await readApart(reader, [architecture, source, seed], context);
}

/** The same in this thread. */
export async function readWeights(
  architecture: Architecture,
  source: string,
  seed: number,
  context: Pick<RunContext, "read" | "warn" | "note">,
): Promise<Model> {
  const bytes = await context.read(source);
  const drawn = initialModel(architecture, seed);
  try {
    const file = readSafetensors(bytes);
    noteSaid(saidIn(file), context.note);
    const own = ownWeights(file);
    const theirs = torchvisionWeights(file, architecture);
    const weights: Record<string, Weight> = {};
    const missing: string[] = [];
    for (const slot of weightSlots(architecture)) {
      const stored = own[slot.name];
      const values = stored?.shape.join() === slot.shape.join()
        ? decodeWeight(stored)
        : theirs?.get(slot.name) ?? weightNamed(file, architecture.family, slot);
      if (values === undefined) missing.push(slot.name);
      weights[slot.name] = values === undefined
        ? drawn.weights[slot.name]!
        : floatWeight(slot.shape, values);
    }
    const lost = missing.filter((name) => name.split("/")[0] !== HEAD);
    if (lost.length > 0) {
      throw new RangeError(
        `it has no ${lost[0]}${lost.length > 1 ? ` and ${lost.length - 1} more` : ""}; it has ` +
          `${listed([...file.tensors.keys()], 3)}`,
      );
    }
    if (missing.length > 0) {
      context.warn(`${HEAD} is drawn at random: the file has no weights for it`);
    }
    const odd = notFinite({ weights, preprocess: null });
    if (odd !== undefined) throw new RangeError(odd);
    return { ...drawn, weights, learned: true };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const format = isSafetensors(bytes) ? undefined : fileFormat(bytes);
    throw new ParameterError(
      "source",
      "weights",
      format === undefined
        ? `\`${source}\` does not fit: ${sentenceOf(error)}`
        : `\`${source}\` ${format.what}, and weights are read from safetensors`,
      "a safetensors file of this network's shapes",
    );
  }
}
