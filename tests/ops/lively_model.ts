/** Models for tests: every weight is different from what initialisation gives, so that forgetting one shows. */
import { type Stream, stream } from "../../engine/tensor/random.ts";
import { initialModel } from "../../ops/model/initialize.ts";
import { sizeOf } from "../../ops/model/layers.ts";
import type { Architecture, Model } from "../../ops/model/model.ts";
import { mapWeights } from "../../ops/model/weights.ts";
import { noiseValue } from "./noise_values.ts";
import type { Plain } from "./plain_forward.ts";

/** A model with random biases and BatchNorm statistics too. */
export function livelyModel(architecture: Architecture, seed = 1): Model {
  return mapWeights(initialModel(architecture, seed), (weight, name) => {
    if (name.endsWith("/kernel")) return weight;
    const draws = stream(seed, `lively:${name}`).uniforms(0, weight.data.length);
    const positive = name.endsWith("/variance") || name.endsWith("/gamma");
    return { ...weight, data: draws.map((u) => positive ? 0.5 + u : u - 0.5) };
  });
}

/** One sample of noise per input, between −1 and 1 or tokens. */
export function noise(model: Architecture, seed = 2, index = 0): Plain[] {
  const draws: Stream = stream(seed, "noise");
  return model.inputs.map(({ name, shape }, i) => {
    const value = noiseValue(model, name);
    return { shape, data: Float64Array.from(draws.uniforms(index * 16 + i, sizeOf(shape)), value) };
  });
}
