/** The same function without shared weights: each use of a layer has a copy of its own. */
import type { Layer, Model } from "../../ops/model/model.ts";

export function untied(model: Model): Model {
  const weights = { ...model.weights };
  for (const { name, tied } of model.layers) {
    if (tied === undefined) continue;
    for (const [key, weight] of Object.entries(model.weights)) {
      if (!key.startsWith(`${tied}/`)) continue;
      weights[name + key.slice(tied.length)] = { ...weight, data: weight.data.slice() };
    }
  }
  const layers = model.layers.map(({ tied: _, ...layer }) => layer as Layer);
  return { ...model, layers, weights };
}
