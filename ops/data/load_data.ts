/** From parameters to a data set. */
import type { RunContext } from "../../engine/op.ts";
import type { DataParams } from "./data_fields.ts";
import type { Dataset } from "./dataset.ts";
import { loadDigits } from "./digits.ts";
import { loadIris } from "./iris.ts";
import { loadFiles } from "./load_files.ts";
import { makeDataset } from "./make_dataset.ts";
import type { Loaded } from "./samples.ts";

const embedded: { readonly [use in "digits" | "iris"]: () => Promise<Loaded> } = {
  digits: loadDigits,
  iris: loadIris,
};

/** Reads and divides. Throws a RangeError that names the file, or what does not fit. */
export async function loadData(params: DataParams, context: RunContext): Promise<Dataset> {
  if ("from" in params) return makeDataset(await loadFiles(params, context), params, params.task);
  return makeDataset(await embedded[params.use](), params, "classification");
}
