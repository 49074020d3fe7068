/** Samples for a model where there are no data: to time it, or to compare two forms of it. */
import { stream } from "../../engine/tensor/random.ts";
import { sizeOf } from "./layers.ts";
import { kindOf } from "./kinds/mod.ts";
import type { Architecture, ModelInput } from "./model.ts";

/**
 * `count` samples of an input, the same in every run: uniform in [0, 1), or, where a layer looks it up in a table,
 * token numbers of that table but 0, which is padding to most models. `block` tells the inputs of a model apart.
 */
export function noiseOf(
  { layers }: Pick<Architecture, "layers">,
  { name, shape }: ModelInput,
  count: number,
  block: number,
): Float32Array {
  const uniforms = stream(0, "noise").uniforms(block, count * sizeOf(shape));
  const [vocabulary] = layers.filter(({ inputs }) => inputs.includes(name))
    .flatMap((layer) => kindOf(layer).vocabulary(layer) ?? []);
  if (vocabulary === undefined) return uniforms;
  const last = vocabulary - 1;
  return uniforms.map((uniform) => Math.min(last, 1 + Math.floor(uniform * last)));
}
