/** The exhaustive table over layer kinds: output shape, weights, MACs. Adding a kind breaks the build until it has a row. */
import type { ModelFacts } from "../../engine/op.ts";
import type { Architecture, Established, Layer, Role } from "./model.ts";

/** Shape of every input and layer, without the batch. Throws a RangeError that names the layer that cannot be. */
export function shapesOf(
  _architecture: Architecture,
): Readonly<Record<string, readonly number[]>> {
  throw new Error("internal: not built yet");
}

/** Shapes of a layer's weights by role, given the shapes of what it reads. */
export function weightShapes(
  _layer: Layer,
  _inputs: readonly (readonly number[])[],
): Readonly<Partial<Record<Role, readonly number[]>>> {
  throw new Error("internal: not built yet");
}

/** Facts of a model: per layer and in total, parameters (BatchNorm's moving statistics included) and MACs. */
export function modelFacts(
  _architecture: Architecture,
  _state: { readonly learned: boolean; readonly established: Established },
): ModelFacts {
  throw new Error("internal: not built yet");
}

/** The structure that `modelFacts` put into the facts; undefined while a shape is open. */
export function architectureOf(facts: ModelFacts): Architecture | undefined {
  return facts.architecture as Architecture | undefined;
}
