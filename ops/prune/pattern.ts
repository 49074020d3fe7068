/**
 * Fine-grained structure, N:M (Mishra et al. 2021, arXiv 2104.08378, §2): of every `of` weights that one output reads
 * from neighbouring inputs, `keep` stay. With 2 of 4 it is what sparse matrix units of GPUs multiply at twice the
 * pace.
 */
import { modelFacts } from "../model/layers.ts";
import { type Model, structureOf, weightName } from "../model/model.ts";
import type { Ranked } from "./ranking.ts";
import { withMasks } from "./mask_weights.ts";
import { patternLayers, type PatternParams, rowLength } from "./pattern_layers.ts";
import { WEIGHT_SCORES } from "./weight_criteria.ts";

/** A model of whose weights `keep` of every `of` are left; `seed` draws for `criterion: random`. */
export function maskPattern(model: Model, params: PatternParams, seed: number): Model {
  const { layers } = modelFacts(structureOf(model), model);
  const masks = new Map<string, Uint8Array>();
  for (const layer of patternLayers(layers!, params)) {
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
        group.sort((a, b) => key(a) - key(b) || a - b);
        for (const at of group.slice(0, of - keep)) mask[at] = 0;
      }
    }
  }
  return mask;
}
