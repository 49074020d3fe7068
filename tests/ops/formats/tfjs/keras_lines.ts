/** Keras layers in lines that a reader can compare with Keras's own configs. */
import type { KerasNode, KerasSource } from "../../../../ops/formats/tfjs/keras_node.ts";
import type { StoredWeight } from "../../../../ops/formats/tfjs/weights_manifest.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";

/** 0, 1, 2 … in a shape. */
export const counted = (...shape: number[]): Weight =>
  floatWeight(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i));

const weightLine = (name: string, { shape, bytes, quantization }: StoredWeight): string => {
  if (quantization === undefined) {
    return `  ${name} [${shape}] ${[...new Float32Array(bytes.slice().buffer)].join(" ")}`;
  }
  const { dtype, scale, min } = quantization;
  return `  ${name} [${shape}] ${dtype} · ${scale} + ${min}: ${[...bytes].join(" ")}`;
};

/** Each layer as `suffix Class config < what it reads`, its weights below it. */
export const kerasLines = (nodes: readonly KerasNode[]): readonly string[] =>
  nodes.flatMap(({ suffix, className, config, reads, weights = {} }) => [
    `${suffix} ${className} ${JSON.stringify(config)}${reads ? ` < ${reads.join(" ")}` : ""}`
      .trim(),
    ...Object.entries(weights).map(([name, stored]) => weightLine(name, stored)),
  ]);

/** A layer's surroundings; weights that are not given are a single 0. */
export const kerasSource = (
  { shape, inputs = [shape], weights = {}, storage = "native" }: {
    readonly shape: readonly number[];
    readonly inputs?: readonly (readonly number[])[];
    readonly weights?: Readonly<Record<string, Weight>>;
    readonly storage?: KerasSource["storage"];
  },
): KerasSource => ({ storage, shape, inputs, weight: (role) => weights[role] ?? counted(1) });
