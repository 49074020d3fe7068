/**
 * The values between layers. Ours have their channels last, ONNX wants them first for images; a value is kept in the
 * layout in which it was computed and transposed once where another one is asked for. A value with an integer format
 * passes through QuantizeLinear and DequantizeLinear. Runtimes make integer kernels of operators that stand directly
 * between the two: what was computed with channels first is quantized there and transposed as integers, what has them
 * last (the image that enters) is transposed and then quantized.
 */
import { given } from "../../../engine/given.ts";
import type { Shape } from "../../model/layers.ts";
import type { ActivationFormat, Quantization, Role, Weight } from "../../model/model.ts";
import type { OnnxGraph } from "./graph.ts";

/** Where the channels of a value stand: behind the batch, or at the end. */
type Layout = "first" | "last";

/** The values of inputs and layers. */
interface OnnxValues {
  /** Takes what was computed under a name of ours. */
  define(name: string, computed: Computed): void;
  /** A value as others read it. */
  read(name: string, layout: Layout): string;
  /** A layout in which it can be read without a transposition. */
  layoutOf(name: string): Layout;
  /** A value as it stands in integers, once it was read; undefined where it has no format. */
  integers(name: string): IntegerValue | undefined;
}

/** A value in integers: q + raised, of the model's q. */
export interface IntegerValue extends Computed {
  readonly raised: number;
}

/** A value of the graph and where its channels stand. */
export interface Computed {
  readonly value: string;
  readonly layout: Layout;
}

/** What a layer's operators are made of. */
export interface OnnxSource {
  readonly graph: OnnxGraph;
  readonly opset: number;
  /** Shapes of the layers it reads, and its own. */
  readonly inputs: readonly Shape[];
  readonly shape: Shape;
  /** Sequences are as long as they come, not as long as these shapes say. */
  readonly open?: boolean;
  /** The value of the layer it reads, by position. */
  read(index: number, layout: Layout): string;
  /** In which layout that value is at hand. */
  layout(index: number): Layout;
  /** There where rows find their ranges: the kernel, and what integers they become. */
  readonly integers?: {
    readonly kernel: Weight;
    readonly dynamic: NonNullable<Quantization["dynamic"]>;
  };
  /** The value of its weight of a role, rearranged. */
  weight(role: Role, arrange?: (weight: Weight) => Weight): string;
}

/** One value of ours: as others read it and, with a format, as integers, by layout. */
interface NamedValue {
  readonly real: Partial<Record<Layout, string>>;
  readonly integer: Partial<Record<Layout, string>>;
  /** As it was computed. */
  readonly computed: Computed;
  readonly format?: Format;
}

/** No values yet; `shapes` and `formats` are those of ours, by name. */
export function emptyValues(
  graph: OnnxGraph,
  shapes: Readonly<Record<string, Shape>>,
  formats: Readonly<Record<string, ActivationFormat>>,
): OnnxValues {
  const held = new Map<string, NamedValue>();
  return {
    define(name, computed) {
      const { value, layout } = computed;
      const format = formats[name];
      if (format === undefined) {
        held.set(name, { real: { [layout]: value }, integer: {}, computed });
        return;
      }
      const written = writtenFormat(graph, name, format);
      const integer = given({ first: layout === "first" ? written.quantize(value) : undefined });
      held.set(name, { real: {}, integer, computed, format: written });
    },
    read(name, wish) {
      const value = held.get(name)!;
      // Without positions the channels are first and last.
      const layout = shapes[name]!.length === 1 ? value.computed.layout : wish;
      return value.real[layout] ??= real(name, value, layout);
    },
    layoutOf: (name) => held.get(name)!.computed.layout,
    integers(name) {
      const { integer, format } = held.get(name)!;
      const [made] = Object.entries(integer) as [Layout, string][];
      return made && format && { layout: made[0], value: made[1], raised: format.raised };
    },
  };

  function real(name: string, { integer, computed, format }: NamedValue, layout: Layout): string {
    const { value, layout: home } = computed;
    if (format === undefined) return transposed(name, value, layout);
    integer[layout] ??= home === "first"
      ? transposed(name, integer.first!, layout)
      : format.quantize(layout === home ? value : transposed(name, value, layout));
    return format.dequantize(integer[layout]);
  }

  function transposed(name: string, value: string, layout: Layout): string {
    const axes = shapes[name]!.map((_, axis) => axis + 1);
    const last = axes.length;
    const order = layout === "first" ? [0, last, ...axes.slice(0, -1)] : [0, ...axes.slice(1), 1];
    const wish = `${name}.channels-${layout}`;
    return graph.node(wish, "Transpose", [value], { perm: { ints: order } });
  }
}

/** The operators of a format. */
interface Format {
  readonly raised: number;
  quantize(real: string): string;
  dequantize(integer: string): string;
}

/** Runtimes have their integer kernels for unsigned values and signed weights: formats of signed integers are raised. */
function writtenFormat(
  graph: OnnxGraph,
  name: string,
  { scale, zero, minimum, maximum }: ActivationFormat,
): Format {
  const raised = minimum < 0 ? 128 : 0;
  const [lowest, highest] = [minimum + raised, maximum + raised];
  if (lowest < 0 || highest > 255) {
    throw new RangeError(
      `Cannot write "${name}" for ONNX: its integers reach from ${minimum} to ${maximum}, ` +
        "and 8 bits are all that can be written",
    );
  }
  const integer = (value: number) => graph.shared(`uint8.${value}`, Uint8Array.of(value), []);
  const affine = [
    graph.constant(`${name}.scale`, Float32Array.of(scale), []),
    integer(zero + raised),
  ];
  const clipped = lowest > 0 || highest < 255;
  return {
    raised,
    quantize(real) {
      const whole = graph.node(`${name}.quantized`, "QuantizeLinear", [real, ...affine]);
      if (!clipped) return whole;
      return graph.node(`${name}.clipped`, "Clip", [whole, integer(lowest), integer(highest)]);
    },
    dequantize: (integer) =>
      graph.node(`${name}.dequantized`, "DequantizeLinear", [integer, ...affine]),
  };
}
