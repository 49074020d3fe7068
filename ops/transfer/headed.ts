/** A model with a new classifier: the weights of the base as they are, those of the new layers drawn. */
import { stream } from "../../engine/tensor/random.ts";
import { glorotUniform } from "../model/kinds/initial_values.ts";
import { sizeOf, weightSlots } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { floatWeight } from "../model/weights.ts";
import { baseOf, cutLayer } from "./base.ts";
import type { HeadParams } from "./fields.ts";
import { withHead } from "./new_head.ts";

/**
 * The model cut and given a new classifier. New kernels are uniform within ±√(6 / (inputs + outputs)) (Glorot & Bengio
 * 2010, eq. 16), as of Keras's `Dense`, each from a stream `init:<layer>/kernel`; new biases are 0. What the classes are
 * called, the data of its training say.
 */
export function headed(
  { files: _, ...model }: Model,
  { outputs, ...params }: HeadParams & { readonly outputs: number },
): Model {
  const base = baseOf<Model>(model, cutLayer(model, params.after));
  const structure = withHead(base, { ...params, outputs });
  const fresh = weightSlots(structure).filter(({ name }) => !(name in base.weights)).map((slot) => {
    const { name, role, shape } = slot;
    const size = sizeOf(shape);
    const [inputs, units] = shape as [number, number];
    const values = role === "kernel"
      ? glorotUniform(stream(params.seed, `init:${name}`), size, inputs + units)
      : new Float32Array(size);
    return [name, floatWeight(shape, values)] as const;
  });
  return {
    ...base,
    ...structure,
    weights: { ...base.weights, ...Object.fromEntries(fresh) },
    classes: [],
    learned: false,
  };
}
