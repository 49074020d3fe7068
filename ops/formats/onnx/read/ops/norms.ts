/** Readers of normalisations, as operators and as the operators that they are made of. */
import { channelScale } from "../../../channel_scale.ts";
import { sizeOf } from "../../../../../engine/shape.ts";
import { floats, type Known } from "../constants.ts";
import { type LayerView, over, sampleAxes, transposedTo, withLast } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";

const numbers = (of: Known) => ({ shape: [of.values.length], values: floats(of) });

/** `BatchNormalization`, along axis 1. */
export function batchNormalization(reading: NodeReading): LayerView {
  const view = reading.view(0);
  const last = transposedTo(reading.draft, view, withLast(view, reading.axis(1, view.dims.length)));
  const [gamma, beta, mean, variance] = ["scale", "shift", "mean", "variance"]
    .map((what, at) => numbers(reading.needed(at + 1, what)));
  const attributes = {
    kind: "batchnorm" as const,
    epsilon: reading.float("epsilon", 1e-5),
    momentum: reading.float("momentum", 0.9),
    activation: "linear" as const,
  };
  const layer = reading.add("", attributes, [last.layer], {
    gamma: gamma!,
    beta: beta!,
    mean: mean!,
    variance: variance!,
  });
  return over(last, layer);
}

/** `LayerNormalization` over the last axes. */
export function layerNormalization(reading: NodeReading): LayerView {
  const view = reading.view(0);
  const { draft } = reading;
  const rank = view.dims.length;
  const axis = reading.axis(reading.int("axis", -1), rank);
  const [scale, shift] = [reading.needed(1, "scale"), reading.constant(2)];
  if (view.axes.indexOf(0) >= axis) throw reading.wrong("it goes along the batch");
  const order = sampleAxes(view);
  const transposed = transposedTo(draft, view, order);
  const shape = draft.shape(transposed.layer);
  const inner = view.dims.slice(axis);
  const width = sizeOf(inner);
  const row = inner.length === 1 ? transposed.layer : draft.add(`${transposed.layer}.row`, {
    kind: "reshape",
    shape: [...order.filter((each) => each < axis).map((each) => view.dims[each]!), width],
  }, [transposed.layer]);
  const zeros = { shape: [scale.values.length], values: new Float32Array(scale.values.length) };
  const epsilon = reading.float("epsilon", 1e-5);
  const layer = reading.add("", { kind: "layer-norm", epsilon }, [row], {
    gamma: numbers(scale),
    beta: shift === undefined ? zeros : numbers(shift),
  });
  if (inner.length === 1) return over(transposed, layer);
  return over(
    transposed,
    draft.add(`${layer}.shaped`, { kind: "reshape", shape: [...shape] }, [layer]),
  );
}

/** `InstanceNormalization`: each channel over space, with a scale and a shift of its own. */
export function instanceNormalization(reading: NodeReading): LayerView {
  const view = reading.view(0);
  const { draft } = reading;
  const space = sampleAxes(view).filter((axis) => axis !== 1);
  const rows = transposedTo(draft, view, [1, ...space]);
  const shape = draft.shape(rows.layer);
  const [channels] = shape as [number];
  const flat = [channels, sizeOf(shape) / channels];
  const row = shape.length === 2
    ? rows.layer
    : draft.add(`${rows.layer}.row`, { kind: "reshape", shape: flat }, [rows.layer]);
  const standard = reading.add("standard", {
    kind: "standardize",
    by: "deviation",
    epsilon: reading.float("epsilon", 1e-5),
  }, [row]);
  const back = shape.length === 2
    ? standard
    : draft.add(`${standard}.shaped`, { kind: "reshape", shape: [...shape] }, [standard]);
  const image = transposedTo(draft, over(rows, back), [...space, 1]);
  const [scale, shift] = [reading.needed(1, "scale"), reading.needed(2, "shift")];
  const plain = floats(scale).every((value) => value === 1) &&
    floats(shift).every((value) => value === 0);
  if (plain) return image;
  const own = draft.shape(image.layer);
  const wide = own.length === 3 ? image.layer : draft.add(
    `${image.layer}.image`,
    { kind: "reshape", shape: [sizeOf(own) / channels, 1, channels] },
    [image.layer],
  );
  const scaled = reading.add(
    "",
    channelScale(true),
    [wide],
    {
      kernel: { shape: [1, 1, channels, 1], values: floats(scale) },
      bias: numbers(shift),
    },
  );
  const shaped = own.length === 3
    ? scaled
    : draft.add(`${scaled}.shaped`, { kind: "reshape", shape: [...own] }, [scaled]);
  return over(image, shaped);
}
