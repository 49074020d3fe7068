/** Weights that share values stay shared when they are rounded: only if all of a layer are rounded alike. */
import { type ModelFacts, ParameterError } from "../../engine/op.ts";
import { architectureOf } from "../model/layers.ts";
import type { IntegerParams } from "./fields.ts";
import { folds } from "./fold.ts";

/**
 * Throws a ParameterError where rounding would multiply the values that `cluster` left. Where single layers are chosen,
 * the clustered ones may not be among them: that is seen when the step has run.
 */
export function assertClusters(model: ModelFacts, params: IntegerParams): void {
  if (!model.established.includes("clusters")) return;
  if (params.layers !== undefined || params.exclude !== undefined) return;
  const architecture = architectureOf(model);
  if (params.granularity !== "tensor") {
    refuse(
      "granularity",
      "each channel would round the values that a layer shares by its own scale",
      "granularity: tensor",
    );
  }
  if (params.equalize !== "none") {
    refuse("equalize", "`cross-layer` scales channels apart", "leave equalize out");
  }
  if (params.fold === "batchnorm" && architecture !== undefined && folds(architecture).size > 0) {
    refuse("fold", "folding BatchNorm scales channels apart", "fold: none");
  }
}

function refuse(path: string, because: string, help: string): never {
  throw new ParameterError(
    "order",
    path,
    `weights share values since \`cluster\`, and ${because}: there would be more of them`,
    help,
  );
}
