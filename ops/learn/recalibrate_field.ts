/** `recalibrate` as the stages that cut a network take it, and the data it reads. */
import { isBatchNorm } from "../model/kinds/norm.ts";
import { LARGEST, type ModelFacts, ParameterError, Type } from "../../engine/op.ts";
import { datasetInput } from "../data/dataset.ts";

/** The field. */
export const recalibrateField = Type.Optional(Type.Integer({
  minimum: 1,
  maximum: LARGEST.samples,
  description: "The batches of 64 training samples on which BatchNorm is estimated again",
}));

/** The training samples, read where the field is there. */
export const recalibrationData = datasetInput(
  "The training samples on which BatchNorm is estimated again",
  (params: { readonly recalibrate?: number }) => params.recalibrate === undefined ? [] : ["train"],
);

/**
 * Throws a ParameterError where there is no BatchNorm to estimate again; a model whose layers are not known yet
 * passes.
 */
export function assertRecalibrates(
  { layers, family = "loaded" }: ModelFacts,
  { recalibrate }: { readonly recalibrate?: number },
): void {
  if (recalibrate === undefined || layers === undefined) return;
  if (layers.some(isBatchNorm)) return;
  throw new ParameterError(
    "unknown-value",
    "recalibrate",
    `\`recalibrate\` estimates BatchNorm again, and this model (${family}) has none`,
    "leave recalibrate out",
  );
}
