/** A model after a training. */
import type { Meta } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { learnedWeight } from "./ties.ts";

/**
 * The model with learned weights. The data's normalisation and class names become part of a model that had none:
 * what it was first trained on is what it expects from then on.
 */
export function learnedModel(
  model: Model,
  meta: Meta,
  arrays: Readonly<Record<string, Float32Array>>,
): Model {
  const moved = Object.entries(arrays).map(([name, values]) =>
    [name, learnedWeight(model.weights[name]!, values)] as const
  );
  return {
    ...model,
    weights: { ...model.weights, ...Object.fromEntries(moved) },
    preprocess: model.preprocess ?? meta.normalize,
    classes: model.classes.length === 0 ? meta.classes : model.classes,
    learned: true,
  };
}
