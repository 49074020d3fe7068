/** A Functional model of one Keras layer behind its input. */
import { sizeOf } from "../../../../../engine/shape.ts";
import { readLayersModel } from "../../../../../ops/formats/tfjs/read_layers_model.ts";
import type { Model } from "../../../../../ops/model/model.ts";
import { functional, keras, layersModel } from "../../../model/support/keras_json.ts";

/** What it reads, and the shapes of its weights, by Keras's names. */
interface OneLayer {
  readonly className: string;
  readonly config: object;
  readonly shape?: readonly number[];
  readonly weights?: Readonly<Record<string, readonly number[]>>;
}

/** The model that is read: the input `in`, then the layer `x`. */
export function modelOfLayer(
  { className, config, shape = [4, 4, 2], weights = {} }: OneLayer,
): Model {
  const given = Object.entries(weights).map(([role, extents]) => ({
    name: `x/${role}`,
    shape: extents,
    values: Array(sizeOf(extents)).fill(0.5),
  }));
  const input = keras("InputLayer", "in", { "batch_input_shape": [null, ...shape] }, []);
  const topology = functional([input, keras(className, "x", config, ["in"])], ["in"], ["x"]);
  const files = layersModel(topology, given);
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]!));
  return readLayersModel(json, (path) => files[path]!);
}
