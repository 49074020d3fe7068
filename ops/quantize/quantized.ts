/** One quantization after training: batchnorms folded, ranges calibrated, weights rounded. */
import type { RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model, Quantization } from "../model/model.ts";
import { assertSumsFit } from "../model/integers/accumulator.ts";
import type { RoundedPair } from "./bias_correction.ts";
import type { IntegerParams } from "./fields.ts";
import { equalizedModel, equalPairs } from "./equalize.ts";
import { roundingErrors } from "./error.ts";
import { foldedModel } from "../model/fold.ts";
import { integerValues } from "../model/integers/plan.ts";
import {
  activationScheme,
  dynamicQuantization,
  quantizationOf,
  roundedModel,
  type Treatment,
  treatmentOf,
} from "./rounded.ts";

/** The model with integer weights and, unless `activations` is none, calibrated integer arithmetic. */
export async function quantized(
  model: Model,
  data: Dataset | undefined,
  params: IntegerParams,
  context: RunContext,
): Promise<Model> {
  const treatment = treatmentOf(model, params);
  const exact = prepared(model, params, context);
  const quantization = await calibrated({ model: exact, data, treatment }, params, context);
  const rounded = roundedModel(exact, params, { quantization, treatment });
  context.note("rounding_error", roundingErrors(exact, rounded));
  const result = await corrected({ model, data, exact, rounded }, params, context);
  if (quantization !== null) assertSumsFit(result, quantization);
  return result;
}

async function corrected(
  { model, data, ...pair }: RoundedPair & {
    /** Before folding. */
    readonly model: Model;
    readonly data: Dataset | undefined;
  },
  params: IntegerParams,
  context: RunContext,
): Promise<Model> {
  if (params.bias_correction === "none") return pair.rounded;
  if (params.bias_correction === "analytic") {
    const { analyticallyCorrected } = await import("./analytic_correction.ts");
    return analyticallyCorrected(model, pair, context);
  }
  const { correctedModel } = await import("./bias_correction.ts");
  const { samples } = params.calibrate;
  return await correctedModel(pair, { data: data!, samples }, context);
}

/** The same function in a form that loses less: batchnorms folded, layers in balance. */
export function prepared(
  model: Model,
  params: IntegerParams,
  context: Pick<RunContext, "warn">,
): Model {
  const folded = params.fold === "batchnorm" ? foldedModel(model) : model;
  if (params.equalize === "none") return folded;
  if (equalPairs(folded).length === 0) {
    context.warn(
      "Nothing was equalized: no layer with relu or linear activation is read by one other layer alone",
    );
  }
  return equalizedModel(folded);
}

async function calibrated(
  { model, data, treatment: { treated } }: {
    readonly model: Model;
    readonly data: Dataset | undefined;
    readonly treatment: Treatment;
  },
  params: IntegerParams,
  context: RunContext,
): Promise<Quantization | null> {
  const scheme = activationScheme(params);
  if (scheme === undefined) return dynamicQuantization(params);
  const owners = integerValues(model, treated);
  const { calibratedRanges } = await import("./calibrate.ts");
  const names = new Set(owners.values());
  const watched = { names, data: data!, calibration: params.calibrate, scheme };
  const ranges = await calibratedRanges(model, watched, context);
  return quantizationOf(owners, ranges, scheme);
}
