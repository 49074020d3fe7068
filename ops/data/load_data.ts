/** From parameters to a data set. */
import type { RunContext } from "../../engine/op.ts";
import { readApart } from "../../engine/reading.ts";
import { withClassNames } from "./readers/class_names.ts";
import type { DataParams, WrittenData } from "./data_fields.ts";
import type { Dataset } from "./dataset.ts";
import { loadDigits } from "./digits.ts";
import { fitLoaded } from "./images/fit.ts";
import { loadIris } from "./iris.ts";
import { drawLatent } from "./latent.ts";
import { loadFiles, sourcesOf } from "./readers/load_files.ts";
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

/** Reads and divides; files in a thread of their own. Throws a RangeError that names the file, or what does not fit. */
export async function loadData(written: WrittenData, context: RunContext): Promise<Dataset> {
  if (!("from" in written)) return await readData(written, context);
  const names = typeof written.classes === "string" ? [written.classes] : [];
  const reader = { module: import.meta.url, read: readData, field: "from" };
  // A tokenizer's file decides how long it takes to cut texts, however small they are.
  const tokens = (written as { readonly text?: { readonly tokens?: unknown } }).text?.tokens;
  if (typeof tokens === "object") return await readApart(reader, [written], context);
  const sources = [...sourcesOf(written), ...names];
  return await readApart({ ...reader, sources }, [written], context);
}

/** The same in this thread. */
export async function readData(written: WrittenData, context: RunContext): Promise<Dataset> {
  const params: DataParams = await withClassNames(written, context);
  if ("from" in params) {
    const text = textWishes(params);
    if (text === undefined) {
      const loaded = fitLoaded(await loadFiles(params, context), params, context.memory);
      return makeDataset(loaded, params, params.task);
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
  const loaded = await embedded[params.use]();
  const fitted = params.use === "digits" ? fitLoaded(loaded, params, context.memory) : loaded;
  return makeDataset(fitted, params, params.task ?? "classification");
}
