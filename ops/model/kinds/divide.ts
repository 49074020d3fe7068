/** Layers that take an image's channels in equal parts: one of them, or all in turn. */
import { Type } from "../../../engine/field.ts";
import type { Shape } from "../../../engine/shape.ts";
import { Extent, Whole } from "./attributes.ts";
import { tiedParts } from "./channels.ts";
import { type AnyLayer, defineLayer } from "./define.ts";
import { cannot, image } from "./shape_checks.ts";

/** Of an image's channels in `parts` equal parts, the one at `part`, counted from 0. */
export const split = defineLayer({
  kind: "split",
  attributes: Type.Object({ parts: Extent, part: Whole }),
  shape(layer, inputs) {
    const [height, width] = image(layer, inputs);
    return [height, width, share(layer, inputs, layer.parts)];
  },
  channels: {
    // Parts stay equal: what stands at one place in each goes together.
    pass({ layer: { parts, part }, inputs: [channels], ties }) {
      const each = tiedParts(channels!, parts, ties);
      return channels!.slice(part * each, (part + 1) * each);
    },
  },
  integers: { values: "keeps" },
  nonNegative: true,
  expected({ parts, part }, { inputs: [input] }) {
    if (input === undefined) return undefined;
    const each = input.mean.length / parts;
    return { mean: input.mean.slice(part * each, (part + 1) * each) };
  },
  run({ parts, part }, { room, inputs: [x] }) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const each = channels / parts;
    return room.tf.slice(x!, [0, 0, 0, part * each], [batch, height, width, each]);
  },
});

/** An image's channels in `groups` equal groups, taken from each in turn. */
export const shuffle = defineLayer({
  kind: "shuffle",
  attributes: Type.Object({ groups: Extent }),
  shape(layer, inputs) {
    share(layer, inputs, layer.groups);
    return image(layer, inputs);
  },
  channels: {
    pass({ layer: { groups }, inputs: [channels], ties }) {
      const each = tiedParts(channels!, groups, ties);
      return channels!.map((_, i) => channels![(i % groups) * each + Math.floor(i / groups)]!);
    },
  },
  integers: { values: "keeps" },
  nonNegative: true,
  expected({ groups }, { inputs: [input] }) {
    const each = (input?.mean.length ?? 0) / groups;
    const from = (channel: number) => (channel % groups) * each + Math.floor(channel / groups);
    return input && { mean: input.mean.map((_, channel) => input.mean[from(channel)]!) };
  },
  run({ groups }, { room: { tf }, inputs: [x] }) {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    const grouped = tf.reshape(x!, [batch * height * width, groups, channels / groups]);
    return tf.reshape(tf.transpose(grouped, [0, 2, 1]), x!.shape);
  },
});

/** The channels of each of so many equal parts. */
function share(layer: AnyLayer, inputs: readonly Shape[], parts: number): number {
  const [, , channels] = image(layer, inputs);
  if (channels % parts === 0) return channels / parts;
  throw cannot(layer, `${channels} channels cannot be ${parts} equal parts`);
}
