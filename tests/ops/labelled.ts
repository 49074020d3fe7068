/** A network of the zoo with noise to learn from: random inputs, random targets, one batch of them. */
import { stream } from "../../engine/tensor/random.ts";
import { type Dataset, part } from "../../ops/data/dataset.ts";
import { shapesOf, sizeOf } from "../../ops/model/layers.ts";
import type { Model } from "../../ops/model/model.ts";
import { livelyModel } from "./lively_model.ts";
import { noiseData } from "./noise_data.ts";
import { zooNetworks } from "./zoo_networks.ts";

/** `count` samples with a target for each number that the model gives. */
export function labelled(
  model: Model,
  count: number,
  outputs = sizeOf(shapesOf(model)[model.outputs[0]!]!),
): Dataset {
  const noise = noiseData(model, count);
  const y = stream(5, "targets").uniforms(0, count * outputs);
  const train = { ...part(noise, "train"), y };
  return { meta: { ...noise.meta, outputs }, parts: { train, validation: train } };
}

/** The network and 48 samples. */
export function lively(family: string): { readonly model: Model; readonly data: Dataset } {
  const model = livelyModel(zooNetworks[family]!);
  return { model, data: labelled(model, 48) };
}
