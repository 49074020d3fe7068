/**
 * Bias correction without data (Nagel et al. 2019, arXiv 1906.04721, §4.2.1): b ← b − (Ŵ − W) E[x], with E[x] from
 * the batch normalisation that x comes from.
 */
import type { RunContext } from "../../engine/op.ts";
import type { Expected } from "../model/kinds/expected.ts";
import { kindOf } from "../model/kinds/mod.ts";
import { shapesOf } from "../model/layers.ts";
import { type Model, weightName } from "../model/model.ts";
import { usesOf } from "../model/tied.ts";
import { decodeWeight } from "../model/weights.ts";
import {
  correctionOf,
  roundedLayers,
  type RoundedPair,
  withCorrection,
} from "./bias_correction.ts";

/**
 * `rounded` with corrected biases. `model` is the model before folding, `exact` right before rounding. Layers whose
 * input is not known without data stay as they are, and a warning names them.
 */
export function analyticallyCorrected(
  model: Model,
  { exact, rounded }: RoundedPair,
  context: Pick<RunContext, "warn">,
): Model {
  const means = meansRead(model);
  const layers = roundedLayers(exact, rounded);
  const unknown = layers.filter(({ name }) => !means.has(name));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(", ");
    context.warn(
      `The biases of ${names} are not corrected: what they read comes from no batch normalisation; ` +
        "bias_correction: measured looks at samples",
    );
  }
  const corrections = layers.map((layer) => {
    const name = weightName(layer.name, "kernel");
    const [is, was] = [rounded, exact].map(({ weights }) => decodeWeight(weights[name]!));
    const lost = was!.map((w, i) => w - is![i]!);
    const { shape } = exact.weights[name]!;
    return [layer.name, correctionOf(layer, shape, lost, means.get(layer.name))] as const;
  });
  return withCorrection(rounded, new Map(corrections));
}

/** The mean of each channel that a layer reads, of a shared one over all of its uses; absent where one is not known. */
function meansRead(model: Model): ReadonlyMap<string, Float64Array> {
  const expected = expectedValues(model);
  return new Map([...usesOf(model.layers)].flatMap(([name, uses]) => {
    const read = uses.map(({ inputs: [input] }) => expected.get(input!));
    const [first] = read;
    if (!read.every((each) => each !== undefined) || first === undefined) return [];
    const mean = first.map((_, c) => read.reduce((sum, each) => sum + each[c]!, 0) / read.length);
    return [[name, mean] as const];
  }));
}

/** The mean of each channel of each layer; absent where it is not known without data. */
export function expectedValues(model: Model): ReadonlyMap<string, Float64Array> {
  const known = new Map<string, Expected>();
  const shapes = shapesOf(model);
  for (const layer of model.layers) {
    const value = kindOf(layer).expected(layer, {
      inputs: layer.inputs.map((name) => known.get(name)),
      shape: shapes[layer.inputs[0]!]!,
      weight: (role) => decodeWeight(model.weights[weightName(layer, role)]!),
    });
    if (value !== undefined) known.set(layer.name, value);
  }
  return new Map([...known].map(([name, { mean }]) => [name, mean]));
}
