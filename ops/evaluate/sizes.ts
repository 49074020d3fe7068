/** How large a model is: nothing here reads data or runs a layer. */
import { given } from "../../engine/given.ts";
import type { Metrics } from "../../engine/metrics.ts";
import { encodedBytes } from "../formats/encode_files.ts";
import type { FormatParams } from "../formats/formats.ts";
import { modelFacts } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { countNonzero, countParameters } from "../model/weights.ts";

/** Parameters, how many are not 0, MACs of one sample, and bytes in an export format. */
export async function sizesOf(
  model: Model,
  format: FormatParams,
): Promise<Pick<Metrics, "parameters" | "nonzero" | "macs" | "bytes">> {
  const { macs } = modelFacts(model, model);
  return {
    parameters: countParameters(model),
    nonzero: countNonzero(model),
    ...given({ macs }),
    bytes: await encodedBytes(model, format),
  };
}
