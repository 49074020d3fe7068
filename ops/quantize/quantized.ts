/** One quantization after training: batchnorms folded, ranges calibrated, weights rounded. */
import type { RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model, Quantization } from "../model/model.ts";
import { assertSumsFit } from "../model/integers/accumulator.ts";
import type { IntegerParams } from "./fields.ts";
import { equalizedModel, equalPairs } from "./equalize.ts";
import { roundingErrors } from "./error.ts";
import { foldedModel } from "./fold.ts";
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
  const quantization = await calibrated(exact, data, params, treatment, context);
  const rounded = roundedModel(exact, quantization, params, treatment);
  context.note("rounding_error", roundingErrors(exact, rounded));
  const result = await corrected(model, exact, rounded, data, params, context);
  if (quantization !== null) assertSumsFit(result, quantization);
  return result;
}

async function corrected(
  model: Model,
  exact: Model,
  rounded: Model,
  data: Dataset | undefined,
  params: IntegerParams,
  context: RunContext,
): Promise<Model> {
  if (params.bias_correction === "none") return rounded;
  if (params.bias_correction === "analytic") {
    const { analyticallyCorrected } = await import("./analytic_correction.ts");
    return analyticallyCorrected(model, exact, rounded, context);
  }
  const { correctedModel } = await import("./bias_correction.ts");
  return await correctedModel(exact, rounded, data!, params.calibrate.samples, context);
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
  model: Model,
  data: Dataset | undefined,
  params: IntegerParams,
  { treated }: Treatment,
  context: RunContext,
): Promise<Quantization | null> {
  const scheme = activationScheme(params);
  if (scheme === undefined) return dynamicQuantization(params);
  const owners = integerValues(model, treated);
  const { calibratedRanges } = await import("./calibrate.ts");
  const names = new Set(owners.values());
  const ranges = await calibratedRanges(model, names, data!, params.calibrate, scheme, context);
  return quantizationOf(owners, ranges, scheme);
}
