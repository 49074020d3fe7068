/** Some layers of a model, cut out of it. */
import { given } from "../../engine/given.ts";
import { shapesOf } from "./layers.ts";
import type { Architecture, Established, Model, ModelInput } from "./model.ts";
import { withOwners } from "./tied.ts";

/**
 * The layers `names` (in the model's order) as a model. What they read from outside are its inputs, under the names
 * that they have there: values first, behind them conditions (inputs of the whole model but for its first). Weights,
 * masks and number formats stay. Preprocessing stays where the part reads the model's first input, the head where it
 * gives what the model gives. Throws a RangeError where not exactly one layer is read by nothing inside.
 */
export function partOf<A extends Architecture | Model>(model: A, names: readonly string[]): A {
  const inside = new Set(names);
  const layers = model.layers.filter(({ name }) => inside.has(name));
  const shapes = shapesOf(model);
  const [first, ...conditions] = model.inputs.map(({ name }) => name);
  const outside = [
    ...new Set(layers.flatMap(({ inputs }) => inputs.filter((name) => !inside.has(name)))),
  ];
  const read = [
    ...outside.filter((name) => !conditions.includes(name)),
    ...conditions.filter((name) => outside.includes(name)),
  ];
  const inner = new Set(layers.flatMap(({ inputs }) => inputs));
  const outputs = names.filter((name) => !inner.has(name));
  if (outputs.length !== 1 || read.length === 0) {
    throw new RangeError(
      outputs.length === 0
        ? "nothing is left: these selectors name no layer"
        : `a part gives one value, and these layers give ${outputs.length}: ${outputs.join(", ")}`,
    );
  }
  const kept = withOwners(layers, "weights" in model ? model.weights : {});
  const cut: Architecture = {
    family: model.family,
    inputs: read.map((name): ModelInput => ({ name, shape: shapes[name]! })),
    layers: kept.layers,
    outputs,
    head: model.outputs.includes(outputs[0]!) ? model.head : "none",
  };
  return "weights" in model
    ? {
      ...model,
      ...cut,
      weights: kept.weights,
      ...stateOf(model, inside, read, read[0] === first),
    }
    : { ...model, ...cut };
}

/** Those of some groups that have a layer among these. */
export function groupsIn(layers: ReadonlySet<string>, groups: readonly string[]): string[] {
  return groups.filter((group) =>
    [...layers].some((name) => name === group || name.startsWith(`${group}.`))
  );
}

function stateOf(
  model: Model,
  inside: ReadonlySet<string>,
  read: readonly string[],
  fromStart: boolean,
): Pick<Model, "preprocess" | "established" | "quantization"> {
  const { channels, replaced, ...others } = model.established;
  const established: Established = {
    ...others,
    ...given({
      channels: channels &&
        Object.fromEntries(Object.entries(channels).filter(([name]) => inside.has(name))),
      replaced: replaced && groupsIn(inside, replaced),
    }),
  };
  const { quantization } = model;
  return {
    preprocess: fromStart ? model.preprocess : null,
    established,
    quantization: quantization && {
      ...quantization,
      activations: Object.fromEntries(
        Object.entries(quantization.activations).filter(([name]) =>
          inside.has(name) || read.includes(name)
        ),
      ),
    },
  };
}
