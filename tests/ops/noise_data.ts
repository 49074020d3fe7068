/** A data set of noise between −1 and 1, or of tokens, for what only looks at ranges and statistics. */
import { stream } from "../../engine/tensor/random.ts";
import type { Dataset } from "../../ops/data/dataset.ts";
import { sizeOf } from "../../ops/model/layers.ts";
import type { Architecture } from "../../ops/model/model.ts";
import { noiseValue } from "./noise_values.ts";

/** `count` training samples for the network's one input, without labels. */
export function noiseData(network: Architecture, count: number, seed = 3): Dataset {
  const { name, shape: input } = network.inputs[0]!;
  const x = stream(seed, "noise").uniforms(0, count * sizeOf(input))
    .map(noiseValue(network, name));
  return {
    meta: {
      input,
      type: "float32",
      task: "regression",
      classes: [],
      outputs: 1,
      normalize: { scale: [1], offset: [0] },
    },
    parts: { train: { count, x, y: null } },
  };
}
