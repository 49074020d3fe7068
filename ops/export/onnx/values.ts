/**
 * The values between layers. Ours have their channels last, ONNX wants them first for images; a value is kept in the
 * layout in which it was computed and transposed once where another one is asked for. A value with an integer format
 * passes through QuantizeLinear and DequantizeLinear, and is transposed in between.
 */
import type { Shape } from "../../model/layers.ts";
import type { ActivationFormat } from "../../model/model.ts";
import type { Graph } from "./graph.ts";

/** Where the channels of a value stand: behind the batch, or at the end. */
export type Layout = "first" | "last";

/** The values of inputs and layers. */
export interface Values {
  /** Takes what was computed under a name of ours. */
  define(name: string, computed: Computed): void;
  /** A value as others read it. */
  read(name: string, layout: Layout): string;
  /** A layout in which it can be read without a transposition. */
  layoutOf(name: string): Layout;
}

/** A value of the graph and where its channels stand. */
export interface Computed {
  readonly value: string;
  readonly layout: Layout;
}

/** One value of ours: as real numbers and, with a format, as integers, by layout. */
interface Held {
  readonly real: Partial<Record<Layout, string>>;
  readonly integer: Partial<Record<Layout, string>>;
  readonly home: Layout;
  readonly dequantize?: (integer: string) => string;
}

/** No values yet; `shapes` and `formats` are those of ours, by name. */
export function emptyValues(
  graph: Graph,
  shapes: Readonly<Record<string, Shape>>,
  formats: Readonly<Record<string, ActivationFormat>>,
): Values {
  const held = new Map<string, Held>();
  return {
    define(name, { value, layout }) {
      const format = formats[name];
      if (format === undefined) {
        held.set(name, { real: { [layout]: value }, integer: {}, home: layout });
        return;
      }
      const { integer, dequantize } = quantized(graph, name, value, format);
      held.set(name, { real: {}, integer: { [layout]: integer }, home: layout, dequantize });
    },
    read(name, wish) {
      const value = held.get(name)!;
      // Without positions the channels are first and last.
      const layout = shapes[name]!.length === 1 ? value.home : wish;
      return value.real[layout] ??= real(name, value, layout);
    },
    layoutOf: (name) => held.get(name)!.home,
  };

  function real(name: string, { real, integer, home, dequantize }: Held, layout: Layout): string {
    if (dequantize === undefined) return transposed(name, real[home]!, layout);
    return dequantize(integer[layout] ??= transposed(name, integer[home]!, layout));
  }

  function transposed(name: string, value: string, layout: Layout): string {
    const axes = shapes[name]!.map((_, axis) => axis + 1);
    const last = axes.length;
    const order = layout === "first" ? [0, last, ...axes.slice(0, -1)] : [0, ...axes.slice(1), 1];
    const wish = `${name}.channels-${layout}`;
    return graph.node(wish, "Transpose", [value], { perm: { ints: order } });
  }
}

function quantized(
  graph: Graph,
  name: string,
  value: string,
  { scale, zero, minimum, maximum }: ActivationFormat,
): { integer: string; dequantize: (integer: string) => string } {
  const Integers = minimum >= -128 && maximum <= 127 ? Int8Array : Uint8Array;
  const [lowest, highest] = Integers === Int8Array ? [-128, 127] : [0, 255];
  if (minimum < lowest || maximum > highest) {
    throw new RangeError(
      `Cannot write "${name}" for ONNX: its integers reach from ${minimum} to ${maximum}, ` +
        "and 8 bits are all that can be written",
    );
  }
  const type = Integers === Int8Array ? "int8" : "uint8";
  const integer = (value: number) => graph.shared(`${type}.${value}`, Integers.of(value), []);
  const affine = [graph.constant(`${name}.scale`, Float32Array.of(scale), []), integer(zero)];
  const whole = graph.node(`${name}.quantized`, "QuantizeLinear", [value, ...affine]);
  const clipped = minimum > lowest || maximum < highest;
  return {
    integer: clipped
      ? graph.node(`${name}.clipped`, "Clip", [whole, integer(minimum), integer(maximum)])
      : whole,
    dequantize: (integer) =>
      graph.node(`${name}.dequantized`, "DequantizeLinear", [integer, ...affine]),
  };
}
