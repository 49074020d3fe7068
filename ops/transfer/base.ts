/** Where a model is cut: the layer whose value a new classifier reads, and what leads to it. */
import { ParameterError } from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";
import { isDropout } from "../model/kinds/elementwise.ts";
import { kindOf } from "../model/kinds/mod.ts";
import { namedLayers } from "../model/layers.ts";
import type { Architecture, Layer, Model } from "../model/model.ts";
import { partOf } from "../model/part_of.ts";

/**
 * The layer behind which a model is cut: the last that `after` names, else what its classifier reads. Throws a
 * ParameterError where there is none.
 */
export function cutLayer(model: Architecture, after: readonly string[] | undefined): string {
  if (after === undefined) return beforeClassifier(model);
  const name = selectLayers(namedLayers(model), after).at(-1);
  if (name !== undefined) return name;
  throw new ParameterError(
    "selector-empty",
    "after",
    `${after.map((each) => `"${each}"`).join(", ")} names no layer of the model (${model.family})`,
  );
}

/**
 * What the classifier reads, dropout left out. The classifier is the first layer with a kernel on the way back from the
 * output.
 */
function beforeClassifier({ layers, outputs }: Architecture): string {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const read = (layer: Layer) =>
    layer.inputs.length === 1 ? byName.get(layer.inputs[0]!) : undefined;
  let classifier = byName.get(outputs[0]!);
  while (classifier !== undefined && kindOf(classifier).kernel === undefined) {
    classifier = read(classifier);
  }
  if (classifier === undefined) {
    throw noBase("no single layer with a kernel gives the model's answer");
  }
  let base = read(classifier);
  while (base !== undefined && isDropout(base)) base = read(base);
  if (base !== undefined) return base.name;
  // A layer with a kernel reads one value: where no layer gives it, it is the model's input.
  throw noBase(`the classifier \`${classifier.name}\` reads the model's input`);
}

function noBase(why: string): ParameterError {
  return new ParameterError(
    "missing-parameter",
    "after",
    `where to cut is not plain: ${why}`,
    "name the layer that the new classifier is to read: after: …",
  );
}

/**
 * The layers that the value of one depends on, as a model that gives it; weights, masks and preprocessing stay. Throws
 * a ParameterError where that value does not depend on the samples.
 */
export function baseOf<A extends Architecture | Model>(model: A, layer: string): A {
  const byName = new Map(model.layers.map((each) => [each.name, each]));
  const needed = new Set([layer]);
  for (const name of needed) for (const input of byName.get(name)?.inputs ?? []) needed.add(input);
  const [sample] = model.inputs;
  if (!needed.has(sample!.name)) {
    throw new ParameterError(
      "unknown-value",
      "after",
      `\`${layer}\` does not depend on the sample, which is the model's input \`${sample!.name}\``,
      "name a layer that reads it",
    );
  }
  return partOf(model, model.layers.map(({ name }) => name).filter((name) => needed.has(name)));
}
