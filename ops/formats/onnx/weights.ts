/** Weights as ONNX holds them. */
import { DataType } from "../../../engine/deps/onnx_buf.ts";
import { given } from "../../../engine/given.ts";
import type { Encoding, Weight } from "../../model/model.ts";
import { decodeWeight, permuted } from "../../model/weights.ts";
import type { OnnxGraph } from "./graph.ts";

/**
 * Adds a weight to the graph; returns the name of its float32 value. `native`: half precision, integers and codes stay
 * what they are and the graph decodes them; else they are decoded here.
 */
export function weightValue(
  graph: OnnxGraph,
  name: string,
  weight: Weight,
  native: boolean,
): string {
  const { encoding, shape, data } = weight;
  if (!native || encoding.use === "f32") {
    return graph.constant(name, decodeWeight(weight), shape);
  }
  switch (encoding.use) {
    case "f16": {
      const halves = graph.constant(`${name}.half`, data as Uint16Array, shape);
      return graph.node(name, "Cast", [halves], { to: { int: DataType.FLOAT } });
    }
    case "affine": {
      const integers = graph.constant(`${name}.integers`, data as Int8Array, shape);
      return dequantized(graph, name, integers, {
        ...encoding,
        zero: Int8Array.from(encoding.zero),
      });
    }
    case "codebook": {
      const codes = graph.constant(`${name}.codes`, data as Uint8Array, shape);
      const { centroids } = encoding;
      const table = graph.constant(`${name}.centroids`, centroids, [centroids.length]);
      const indices = graph.node(`${name}.indices`, "Cast", [codes], {
        to: { int: DataType.INT32 },
      });
      return graph.node(name, "Gather", [table, indices]);
    }
    default:
      return encoding satisfies never;
  }
}

/** Integers as float32, one scale or one per index of `axis`. */
export function dequantized(
  graph: OnnxGraph,
  name: string,
  integers: string,
  { axis, scale, zero }: {
    readonly axis: number | null;
    readonly scale: Float32Array;
    /** Absent: 0. */
    readonly zero?: Int8Array | undefined;
  },
): string {
  const shape = axis === null ? [] : [scale.length];
  const inputs = [integers, graph.constant(`${name}.scale`, scale, shape)];
  if (zero !== undefined) {
    // Symmetric formats are the rule, and runtimes want their zeros written out.
    const zeros = zero.every((each) => each === 0);
    inputs.push(
      zeros
        ? graph.shared(`int8.${["0", ...shape].join("x")}`, zero, shape)
        : graph.constant(`${name}.zero`, zero, shape),
    );
  }
  return graph.node(
    name,
    "DequantizeLinear",
    inputs,
    given({ axis: axis === null ? undefined : { int: axis } }),
  );
}

const TO_GROUPS = [2, 3, 0, 1];

/** A depthwise kernel [h, w, C, M] as that of a convolution in C groups: [C · M, 1, h, w]. */
export function grouped(kernel: Weight): Weight {
  const { shape, encoding, data } = permuted(kernel, TO_GROUPS);
  const [channels, multiplier, ...window] = shape as [number, number, number, number];
  const outputs = channels * multiplier;
  return { shape: [outputs, 1, ...window], encoding: spread(encoding), data };

  /** One scale per input channel, or per multiple of it, becomes one per output channel. */
  function spread(encoding: Encoding): Encoding {
    if (encoding.use !== "affine" || encoding.axis === null || encoding.axis > 1) return encoding;
    const { axis, scale, zero } = encoding;
    const index = Int32Array.from(
      { length: outputs },
      (_, output) => axis === 0 ? Math.floor(output / multiplier) : output % multiplier,
    );
    return {
      ...encoding,
      axis: 0,
      scale: Float32Array.from(index, (from) => scale[from]!),
      zero: index.map((from) => zero[from]!),
    };
  }
}
