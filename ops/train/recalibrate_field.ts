/** `recalibrate` as the stages that cut a network take it (language §1.9), and the data it reads. */
import { LARGEST, Type } from "../../engine/field.ts";
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
