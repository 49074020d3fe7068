/** Layers-models as JSON, written by hand. */
import type { Files } from "../../../../engine/kind.ts";

/** A weight with its values, float32 unless `quantization` says how the given bytes are to be read. */
export interface GivenWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[] | Uint8Array;
  readonly quantization?: object;
}

/** One Keras layer; in a Sequential `inputs` is left out. */
export function keras(className: string, name: string, config: object, inputs?: readonly string[]) {
  const layer = { "class_name": className, name, config: { name, ...config } };
  if (inputs === undefined) return layer;
  const inbound = inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])];
  return { ...layer, "inbound_nodes": inbound };
}

/** A Functional model of these layers. */
export function functional(
  layers: readonly object[],
  inputs: readonly string[],
  outputs: readonly string[],
) {
  const references = (names: readonly string[]) => names.map((name) => [name, 0, 0]);
  const config = {
    name: "model",
    layers,
    "input_layers": references(inputs),
    "output_layers": references(outputs),
  };
  return { "class_name": "Functional", config };
}

/** A Sequential model of these layers. */
export function sequential(name: string, layers: readonly object[]) {
  return { "class_name": "Sequential", config: { name, layers } };
}

/** The files of a layers-model: one shard. */
export function layersModel(topology: object, weights: readonly GivenWeight[]): Files {
  const parts = weights.map(({ values }) =>
    values instanceof Uint8Array ? values : new Uint8Array(Float32Array.from(values).buffer)
  );
  const specs = weights.map(({ name, shape, quantization }) => ({
    name,
    shape,
    dtype: "float32",
    ...(quantization === undefined ? {} : { quantization }),
  }));
  const json = {
    format: "layers-model",
    modelTopology: topology,
    weightsManifest: [{ paths: ["w.bin"], weights: specs }],
  };
  return {
    "model.json": new TextEncoder().encode(JSON.stringify(json)),
    "w.bin": new Uint8Array(parts.flatMap((part) => [...part])),
  };
}

/** The files of a layers-model whose weights, of these shapes, hold what `values` gives for a name and a size. */
export function filesOfNoise(
  topology: object,
  shapes: Readonly<Record<string, readonly number[]>>,
  values: (name: string, size: number) => Float32Array,
): Files {
  const weights = Object.entries(shapes).map(([name, shape]) => ({
    name,
    shape,
    values: [...values(name, shape.reduce((size, extent) => size * extent, 1))],
  }));
  return layersModel(topology, weights);
}
