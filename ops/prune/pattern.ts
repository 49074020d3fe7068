/**
 * Fine-grained structure, N:M (Mishra et al. 2021, arXiv 2104.08378, §2): of every `of` weights that one output reads
 * from neighbouring inputs, `keep` stay. With 2 of 4 it is what sparse matrix units of GPUs multiply at twice the
 * pace.
 */
import { given } from "../../engine/given.ts";
import { type LayerFacts, ParameterError } from "../../engine/op.ts";
import { kindOf, storesKernel } from "../model/kinds/mod.ts";
import { sumsInputs } from "../model/kinds/weights.ts";
import { layerFacts } from "../model/layers.ts";
import { type Model, weightName } from "../model/model.ts";
import { selectionOf, type SelectionParams } from "../model/selection.ts";
import { withMasks } from "./mask_weights.ts";
import type { Ranked } from "./ranking.ts";
import { WEIGHT_SCORES } from "./weight_criteria.ts";

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
  return new Set(selectionOf(treatable, chosen, null, () => null).keys());
}

/** Whether every output of a layer sums over its inputs: what a pattern can be cut out of. */
function sums(layer: LayerFacts): boolean {
  return storesKernel(layer) && sumsInputs(kindOf(layer).kernel!);
}

/** How many inputs each output of a kernel [… , inputs, outputs] reads at one place of its window. */
export const rowLength = (shape: readonly number[]): number => shape.at(-2)!;

/** A model of whose weights `keep` of every `of` are left; `seed` draws for `criterion: random`. */
export function maskPattern(model: Model, params: PatternParams, seed: number): Model {
  const masks = new Map<string, Uint8Array>();
  for (const layer of patternLayers(layerFacts(model), params)) {
    const name = weightName(layer, "kernel");
    const weight = model.weights[name]!;
    if (rowLength(weight.shape) < params.of) continue;
    const scores = WEIGHT_SCORES[params.criterion](weight, { name, seed, gathered: {} });
    masks.set(name, patternMask({ scores, mask: weight.mask }, weight.shape, params));
  }
  return withMasks(model, masks);
}

/**
 * The mask (0 goes) of a kernel [… , inputs, outputs]: in every group of `of` neighbouring inputs of one output, at
 * one place of the window, the lowest scores go, of equals the lower input. What had gone goes first. Inputs behind
 * the last whole group all stay.
 */
export function patternMask(
  { scores, mask: before }: Ranked,
  shape: readonly number[],
  { keep, of }: Pick<PatternParams, "keep" | "of">,
): Uint8Array {
  const [inputs, outputs] = [rowLength(shape), shape.at(-1)!];
  const mask = before?.slice() ?? new Uint8Array(scores.length).fill(1);
  const key = (at: number) => before?.[at] === 0 ? -Infinity : scores[at]!;
  for (let place = 0; place < scores.length; place += inputs * outputs) {
    for (let first = 0; first + of <= inputs; first += of) {
      for (let output = 0; output < outputs; output++) {
        const group = Array.from(
          { length: of },
          (_, i) => place + (first + i) * outputs + output,
        );
        // Stable: of equals the lower input goes first.
        group.sort((a, b) => key(a) - key(b));
        for (const at of group.slice(0, of - keep)) mask[at] = 0;
      }
    }
  }
  return mask;
}
