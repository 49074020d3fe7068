/** A model as those who only use it need it: what is of use in training alone is gone. */
import type { Model } from "../model/model.ts";
import { withOwners } from "../model/tied.ts";

/**
 * The same outputs in inference: sampling layers give way to the mean that they read, and layers and inputs that no
 * output depends on are left out with their weights. The model itself where nothing has to go.
 */
export function inferenceModel(model: Model): Model {
  const samples = new Map(
    model.layers.flatMap(({ kind, name, inputs }) => kind === "sample" ? [[name, inputs[0]!]] : []),
  );
  const meant = (name: string): string => {
    const mean = samples.get(name);
    return mean === undefined ? name : meant(mean);
  };
  const outputs = model.outputs.map(meant);
  const reached = new Set(outputs);
  for (const { name, inputs } of model.layers.toReversed()) {
    if (reached.has(name)) inputs.forEach((input) => reached.add(meant(input)));
  }
  const kept = model.layers.filter(({ name, kind }) => kind !== "sample" && reached.has(name));
  if (kept.length === model.layers.length) return model;
  return {
    ...model,
    inputs: model.inputs.filter(({ name }) => reached.has(name)),
    outputs,
    ...withOwners(
      kept.map((layer) => ({ ...layer, inputs: layer.inputs.map(meant) })),
      model.weights,
    ),
  };
}
