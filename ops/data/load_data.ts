/** From parameters to a data set. */
import type { RunContext } from "../../engine/op.ts";
import type { DataParams } from "./data_fields.ts";
import type { Dataset } from "./dataset.ts";
import { loadDigits } from "./digits.ts";
import { loadIris } from "./iris.ts";
import { drawLatent } from "./latent.ts";
import { loadFiles } from "./load_files.ts";
import { makeDataset } from "./make_dataset.ts";
import type { Loaded } from "./samples.ts";
import { loadTexts } from "./text/load_texts.ts";
import { loadNames } from "./text/names.ts";
import { loadSpam } from "./text/spam.ts";
import { textWishes } from "./text/text_fields.ts";
import { textDataset } from "./text/text_dataset.ts";
import type { PartTexts } from "./text/texts.ts";

const embedded: { readonly [use in "digits" | "iris"]: () => Promise<Loaded> } = {
  digits: loadDigits,
  iris: loadIris,
};

const embeddedTexts: { readonly [use in "names" | "spam"]: () => Promise<PartTexts> } = {
  names: loadNames,
  spam: loadSpam,
};

/** Reads and divides. Throws a RangeError that names the file, or what does not fit. */
export async function loadData(params: DataParams, context: RunContext): Promise<Dataset> {
  if ("from" in params) {
    const text = textWishes(params);
    if (text === undefined) {
      return makeDataset(await loadFiles(params, context), params, params.task);
    }
    return await textDataset(await loadTexts(params, context), { ...params, text }, context);
  }
  if (params.use === "names" || params.use === "spam") {
    return await textDataset(await embeddedTexts[params.use](), params, context);
  }
  if (params.use === "latent") {
    const wishes = { split: params.split, seed: params.seed, normalize: { use: "none" } } as const;
    return makeDataset(drawLatent(params), wishes, params.task);
  }
  return makeDataset(await embedded[params.use](), params, params.task ?? "classification");
}
