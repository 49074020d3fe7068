/** Images stretched over the whole range of their values. */
import { Type } from "../../../../engine/field.ts";
import { defineLayer } from "../define.ts";
import { cannot, image } from "../shape_checks.ts";

/**
 * Each channel of an image so that its least value becomes `low` and its largest `high`, as Keras's `AutoContrast` does;
 * one whose values are all alike stays.
 */
export const contrast = defineLayer({
  kind: "contrast",
  attributes: Type.Object({ low: Type.Number(), high: Type.Number() }),
  shape(layer, inputs) {
    const shape = image(layer, inputs);
    if (layer.low < layer.high) return shape;
    throw cannot(layer, `its range goes from ${layer.low} to ${layer.high}`);
  },
  integers: { values: "makes" },
  run({ low, high }, { room: { tf, nn }, inputs: [x] }) {
    const [, height, width] = x!.shape as [number, number, number];
    const window = { strides: [1, 1], padding: "valid" } as const;
    const most = nn.maxPool(x!, [height, width], window);
    const least = tf.neg(nn.maxPool(tf.neg(x!), [height, width], window));
    const spread = tf.sub(most, least);
    // 1 where all values are alike, so that nothing is divided by 0.
    const flat = tf.sub(1, tf.step(spread));
    const share = tf.div(tf.sub(x!, least), tf.add(spread, flat));
    const stretched = tf.add(tf.mul(share, high - low), low);
    return tf.add(tf.mul(stretched, tf.sub(1, flat)), tf.mul(x!, flat));
  },
});
