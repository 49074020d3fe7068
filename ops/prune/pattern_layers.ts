/** Which layers can keep so many of every so many weights; weights are not looked at. */
import { given } from "../../engine/given.ts";
import { type LayerFacts, ParameterError } from "../../engine/op.ts";
import { kindOf } from "../model/kinds/mod.ts";
import { sumsInputs } from "../model/kinds/weights.ts";
import { selectionOf, type SelectionParams } from "../model/selection.ts";

/** Parameters of `granularity: pattern`. */
export interface PatternParams extends SelectionParams<unknown> {
  readonly keep: number;
  readonly of: number;
  readonly criterion: "magnitude" | "random";
}

/**
 * The layers that can take a pattern, as far as they are chosen. Throws a ParameterError where there are none, or
 * where all weights of a group would stay.
 */
export function patternLayers(
  layers: readonly LayerFacts[],
  params: PatternParams,
): ReadonlySet<string> {
  const { keep, of } = params;
  if (keep >= of) {
    throw new ParameterError(
      "out-of-range",
      "keep",
      `${keep} of every ${of} weights are all of them, so nothing would go`,
      `keep: ${of - 1} at most`,
    );
  }
  const treatable = layers.filter(sums);
  const { layers: named, exclude } = params;
  const chosen = given({ layers: named, exclude });
  return new Set(selectionOf(treatable, chosen, true, () => true).keys());
}

/** Whether every output of a layer sums over its inputs: what a pattern can be cut out of. */
function sums(layer: LayerFacts): boolean {
  const { kernel } = kindOf(layer);
  return kernel !== undefined && sumsInputs(kernel);
}

/** How many inputs each output of a kernel [… , inputs, outputs] reads at one place of its window. */
export const rowLength = (shape: readonly number[]): number => shape.at(-2)!;
