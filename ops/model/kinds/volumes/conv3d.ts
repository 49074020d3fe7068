/** Convolutions of volumes [depth, height, width, channels], forwards and backwards. */
import { Type } from "../../../../engine/field.ts";
import { show, sizeOf } from "../../../../engine/shape.ts";
import type { Activation, Room, Tensor } from "../../../../engine/tensor/mod.ts";
import { ending, Extent, NamedPadding, Triple } from "../attributes.ts";
import { transposedCut, transposedExtents } from "../conv_transpose.ts";
import { defineLayer, type LayerRun } from "../define.ts";
import { cannot, volume } from "../shape_checks.ts";
import { withBias } from "../weights.ts";
import { slide, windowsAlong } from "./slide.ts";

const AXES = [0, 1, 2] as const;

/** Kernel [depth, height, width, inputs, filters]; its products stay float. */
const volumes = {
  kernel: { layout: "DHWIO", multiplies: "floats" },
  channels: {
    writes: "filters",
    weights: { kernel: [null, null, null, "in", "out"], bias: ["out"] },
  },
} as const;

/** Every filter sums over the window in all channels. */
export const conv3d = defineLayer({
  kind: "conv3d",
  attributes: Type.Object({
    filters: Extent,
    kernel: Triple,
    strides: Triple,
    padding: NamedPadding,
    dilations: Triple,
    ...ending,
  }),
  selects: () => "conv",
  shape(layer, inputs) {
    const [...extents] = volume(layer, inputs).slice(0, 3);
    const counts = AXES.map((axis) => windowsAlong(axis, extents[axis]!, layer).count);
    if (counts.every((count) => count >= 1)) return [...counts, layer.filters];
    throw cannot(layer, `its window ${show(layer.kernel)} does not fit into ${show(extents)}`);
  },
  weights: ({ kernel, filters, bias }, [input]) =>
    withBias([...kernel, input!.at(-1)!, filters], bias, filters),
  macs: ({ kernel }, [input], output) => sizeOf(kernel) * input!.at(-1)! * sizeOf(output),
  ...volumes,
  integers: { values: "makes" },
  run: (layer, run) =>
    ended(layer, run, slide(run.room, run.inputs[0]!, run.weight("kernel"), layer)),
});

/** The same read backwards: each value of the input is spread over a window of the output (see `conv-transpose`). */
export const conv3dTranspose = defineLayer({
  kind: "conv3d-transpose",
  attributes: Type.Object({
    filters: Extent,
    kernel: Triple,
    strides: Triple,
    padding: NamedPadding,
    ...ending,
  }),
  selects: () => "conv",
  shape: (layer, inputs) => [
    ...transposedExtents(volume(layer, inputs).slice(0, 3), layer),
    layer.filters,
  ],
  weights: ({ kernel, filters, bias }, [input]) =>
    withBias([...kernel, input!.at(-1)!, filters], bias, filters),
  macs: ({ kernel, filters }, [input]) => sizeOf(kernel) * sizeOf(input!) * filters,
  fanIn: ({ strides }, shape) => sizeOf(shape.slice(0, -1)) / sizeOf(strides),
  ...volumes,
  integers: { values: "makes" },
  run(layer, run) {
    const { room, inputs: [x], weight } = run;
    const { kernel, strides } = layer;
    const spread = AXES.reduce(
      (value, axis) => between(room, value, axis + 1, strides[axis]),
      x!,
    );
    const zeros = AXES.map((axis): [number, number] => {
      const [before, after] = transposedCut(axis, layer);
      return [kernel[axis] - 1 - before, kernel[axis] - 1 - after];
    });
    const bordered = room.tf.pad(spread, [[0, 0], ...zeros, [0, 0]]);
    const mirrored = room.tf.reverse(weight("kernel"), [0, 1, 2]);
    const once = [1, 1, 1] as const;
    const sliding = { kernel, strides: once, dilations: once, padding: "valid" } as const;
    return ended(layer, run, slide(room, bordered, mirrored, sliding));
  },
});

/** A value with stride − 1 zeros between its places along one axis. */
function between({ tf }: Room, x: Tensor, axis: number, stride: number): Tensor {
  if (stride === 1) return x;
  const { shape } = x;
  const extent = shape[axis]!;
  const front = sizeOf(shape.slice(0, axis));
  const back = sizeOf(shape.slice(axis + 1));
  const wide = tf.pad(tf.reshape(x, [front * extent, 1, back]), [[0, 0], [0, stride - 1], [0, 0]]);
  const rows = tf.slice(
    tf.reshape(wide, [front, extent * stride, back]),
    [0, 0, 0],
    [front, (extent - 1) * stride + 1, back],
  );
  return tf.reshape(rows, shape.map((each, at) => at === axis ? (each - 1) * stride + 1 : each));
}

/** The bias and the activation. */
function ended(
  { bias, activation }: { readonly bias: boolean; readonly activation: Activation },
  { room: { tf, nn }, weight }: LayerRun,
  y: Tensor,
): Tensor {
  return nn.activate(bias ? tf.add(y, weight("bias")) : y, activation);
}
