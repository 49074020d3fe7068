/** Where windows lie on an image: output size and padding, by TensorFlow's rules. */
import type { Window } from "../types.ts";
import type { Epilogue } from "./matrix.ts";

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

/** Addresses of a convolution's operands, and what is done to its sums. */
export interface ForwardOperands {
  readonly x: number;
  readonly w: number;
  readonly out: number;
  readonly epilogue: Epilogue;
}

/** Addresses for the gradient of the image. */
export interface BackwardOperands {
  readonly dy: number;
  readonly w: number;
  readonly dx: number;
}

/** Addresses for the gradient of the filter. */
export interface FilterOperands {
  readonly x: number;
  readonly dy: number;
  readonly dw: number;
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
  const { padding } = window;
  const [vertical, horizontal] = typeof padding === "string" ? [padding, padding] : padding;
  const rows = alongAxis(height!, (size[0] - 1) * dilationY + 1, strideY, vertical);
  const columns = alongAxis(width!, (size[1] - 1) * dilationX + 1, strideX, horizontal);
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

/** Places of a window that spans `span` pixels, and the zeros before the first of `length`. */
function alongAxis(
  length: number,
  span: number,
  stride: number,
  padding: "same" | "valid" | readonly [number, number],
): { out: number; before: number } {
  if (padding === "same") {
    const out = Math.ceil(length / stride);
    return { out, before: Math.max(((out - 1) * stride + span - length) >> 1, 0) };
  }
  const [before, after] = padding === "valid" ? [0, 0] : padding;
  const out = Math.floor((length + before + after - span) / stride) + 1;
  if (out < 1) {
    throw new Error(
      `Cannot slide a window of ${span} over ${length} pixels with padding ${before} and ${after}: ` +
        "the window is larger",
    );
  }
  return { out, before };
}
