/** Models whose weights are stored small, made by plain rounding: material for exports. */
import { axisIndex, decodeWeight, halfBits, mapWeights } from "../../../ops/model/weights.ts";
import type { Model, Weight } from "../../../ops/model/model.ts";

/** Largest magnitude per index of the axis / 127, integers within ±127; zero points are `zero`. */
export function integerWeight(weight: Weight, axis: number | null, zero = 0): Weight {
  const values = decodeWeight(weight);
  const channel = axisIndex(weight.shape, axis);
  const scale = new Float32Array(axis === null ? 1 : weight.shape[axis]!);
  values.forEach((value, at) => {
    scale[channel(at)] = Math.max(scale[channel(at)]!, Math.abs(value) / (127 - Math.abs(zero)));
  });
  const integers = values.map((value, at) => Math.round(value / scale[channel(at)]!) + zero);
  return {
    shape: weight.shape,
    encoding: {
      use: "affine",
      bits: 8,
      axis,
      symmetry: zero === 0 ? "symmetric" : "asymmetric",
      scale,
      zero: new Int32Array(scale.length).fill(zero),
    },
    data: Int8Array.from(integers),
  };
}

/** Every kernel in 8 bits with one scale per output channel. */
export function withIntegers(model: Model): Model {
  const depthwise = new Set(
    model.layers.filter((layer) => layer.kind === "depthwise").map((layer) =>
      `${layer.name}/kernel`
    ),
  );
  return mapWeights(model, (weight, name) => {
    if (!name.endsWith("/kernel")) return weight;
    return integerWeight(weight, depthwise.has(name) ? 2 : weight.shape.length - 1);
  });
}

/** Every weight in half precision. */
export function withHalves(model: Model): Model {
  return mapWeights(model, (weight) => ({
    shape: weight.shape,
    encoding: { use: "f16" },
    data: halfBits(decodeWeight(weight)),
  }));
}
