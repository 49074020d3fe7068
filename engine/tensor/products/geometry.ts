/** Where windows lie on an image: output size and padding, by TensorFlow's rules. */
import type { Window } from "../types.ts";

/** One convolution's or pool's numbers; all in pixels. */
export interface Geometry {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  /** Zeros above and to the left of the image; may be cut off below and to the right by the stride. */
  readonly top: number;
  readonly left: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** The geometry of a window of `size` on images `[B, H, W, C]`. Throws where the window is larger than the image. */
export function windowGeometry(
  shape: readonly number[],
  size: readonly [number, number],
  window: Window,
): Geometry {
  const [images, height, width, channels] = shape;
  if (shape.length !== 4) {
    throw new Error(`Cannot slide a window over shape [${shape}]: it must be [B, H, W, C]`);
  }
  const [strideY, strideX] = window.strides;
  const [dilationY, dilationX] = window.dilations ?? [1, 1];
  const padding = window.padding;
  const explicit = typeof padding === "string" ? undefined : padding;
  const rule = typeof padding === "string" ? padding : undefined;
  const rows = axis(height!, size[0], strideY, dilationY, rule, explicit?.[0]);
  const columns = axis(width!, size[1], strideX, dilationX, rule, explicit?.[1]);
  return {
    images: images!,
    height: height!,
    width: width!,
    channels: channels!,
    kernelHeight: size[0],
    kernelWidth: size[1],
    strideY,
    strideX,
    dilationY,
    dilationX,
    top: rows.before,
    left: columns.before,
    outHeight: rows.out,
    outWidth: columns.out,
  };
}

function axis(
  length: number,
  size: number,
  stride: number,
  dilation: number,
  rule: "same" | "valid" | undefined,
  explicit: readonly [number, number] | undefined,
): { out: number; before: number } {
  const span = (size - 1) * dilation + 1;
  if (rule === "same") {
    const out = Math.ceil(length / stride);
    return { out, before: Math.max((out - 1) * stride + span - length, 0) >> 1 };
  }
  const [before, after] = explicit ?? [0, 0];
  const out = Math.floor((length + before + after - span) / stride) + 1;
  if (out < 1) {
    throw new Error(
      `Cannot slide a window of ${span} over ${length} pixels with padding ${before} and ${after}: ` +
        "the window is larger",
    );
  }
  return { out, before };
}
