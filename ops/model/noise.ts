/** Samples for a model where there are no data: to time it, or to compare two forms of it. */
import { stream } from "../../engine/tensor/random.ts";
import { sizeOf } from "./layers.ts";
import type { Architecture, LayerOf, ModelInput } from "./model.ts";

/**
 * `count` samples of an input, the same in every run: uniform in [0, 1), or, where an embedding reads it, token numbers
 * of that table but 0, which is padding to most models. `block` tells the inputs of a model apart.
 */
export function noiseOf(
  { layers }: Pick<Architecture, "layers">,
  { name, shape }: ModelInput,
  count: number,
  block: number,
): Float32Array {
  const uniforms = stream(0, "noise").uniforms(block, count * sizeOf(shape));
  const table = layers.find((layer): layer is LayerOf<"embedding"> =>
    layer.kind === "embedding" && layer.inputs.includes(name)
  );
  if (table === undefined) return uniforms;
  const last = table.vocabulary - 1;
  return uniforms.map((uniform) => Math.min(last, 1 + Math.floor(uniform * last)));
}
