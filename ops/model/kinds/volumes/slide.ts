/** A window that slides over a volume: the slices that it reaches become channels of images, which are convolved. */
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";

type SpatialTriple = readonly [number, number, number];

/** How a window slides over depth, height and width, as TensorFlow counts. */
export interface VolumeWindow {
  readonly kernel: SpatialTriple;
  readonly strides: SpatialTriple;
  readonly padding: "same" | "valid";
  readonly dilations: SpatialTriple;
}

/** One axis of it: how many windows there are, and the zeros before the first and behind the last. */
interface Along {
  readonly count: number;
  readonly zeros: readonly [before: number, after: number];
}

/** The windows along one axis. A count below 1: there is no room. */
export function windowsAlong(
  axis: 0 | 1 | 2,
  extent: number,
  { kernel, strides, padding, dilations }: VolumeWindow,
): Along {
  const reach = (kernel[axis] - 1) * dilations[axis] + 1;
  if (padding === "valid") {
    return { count: Math.floor((extent - reach) / strides[axis]) + 1, zeros: [0, 0] };
  }
  const count = Math.ceil(extent / strides[axis]);
  const spare = Math.max(0, (count - 1) * strides[axis] + reach - extent);
  const before = Math.floor(spare / 2);
  return { count, zeros: [before, spare - before] };
}

/** x [B, D, H, W, C] and kernel [kd, kh, kw, C, O] → [B, D', H', W', O]; linear. */
export function slide(
  { tf, nn }: Room,
  x: Tensor,
  kernel: Tensor,
  sliding: VolumeWindow,
): Tensor {
  const [batch, depth, height, width, channels] = x.shape as [
    ...[number, number, number, number, number],
  ];
  const { kernel: [taps, ...size], strides: [step, ...strides], dilations, padding } = sliding;
  const filters = kernel.shape.at(-1)!;
  const { count, zeros } = windowsAlong(0, depth, sliding);
  const bordered = zeros.some((amount) => amount > 0)
    ? tf.pad(x, [[0, 0], [...zeros], [0, 0], [0, 0], [0, 0]])
    : x;
  const slices = Array.from(
    { length: count * taps },
    (_, at) => Math.floor(at / taps) * step + at % taps * dilations[0],
  );
  const reached = tf.reshape(
    tf.gather(bordered, tf.tensor1d(slices, "int32"), 1),
    [batch * count, taps, height * width, channels],
  );
  const images = tf.reshape(
    tf.transpose(reached, [0, 2, 1, 3]),
    [batch * count, height, width, taps * channels],
  );
  const flat = tf.reshape(
    tf.transpose(tf.reshape(kernel, [taps, size[0] * size[1], channels, filters]), [1, 0, 2, 3]),
    [...size, taps * channels, filters],
  );
  const window = { strides, padding, dilations: dilations.slice(1) as [number, number] };
  const y = nn.conv2d(images, flat, null, window, "linear");
  return tf.reshape(y, [batch, count, ...y.shape.slice(1)]);
}
