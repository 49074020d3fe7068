/** A model after a training. */
import type { Meta } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import type { Arrays } from "./constraint.ts";
import { learnedWeight } from "./ties.ts";

/**
 * The model with learned weights. The data's normalisation and class names become part of a model that had none:
 * what it was first trained on is what it expects from then on. `arrays` may hold more than weights; `masks` are those
 * that have grown.
 */
export function learnedModel(
  model: Model,
  meta: Meta,
  arrays: Arrays,
  masks: Readonly<Record<string, Uint8Array>> = {},
): Model {
  const moved = Object.entries(arrays).flatMap(([name, values]) => {
    const weight = model.weights[name];
    if (weight === undefined) return [];
    const mask = masks[name];
    return [[name, learnedWeight(mask ? { ...weight, mask } : weight, values)] as const];
  });
  return {
    ...model,
    weights: { ...model.weights, ...Object.fromEntries(moved) },
    preprocess: model.preprocess ?? meta.normalize,
    classes: model.classes.length === 0 ? meta.classes : model.classes,
    learned: true,
  };
}
