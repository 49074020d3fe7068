/** Images inside a frame of zeros, where windows hang over the edge. */
import type { Machine } from "../machine.ts";

/** An image batch at an address, [images, height, width, channels]. */
export interface Image {
  readonly at: number;
  readonly height: number;
  readonly width: number;
}

/** Where a frame begins, in pixels above and left of the image, and how large it is. */
export interface ImageFrame {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Runs `body` with the images inside a frame that begins at (−top, −left). */
export function framed<T>(
  machine: Machine,
  { at, images, height, width, channels }: Image & { images: number; channels: number },
  frame: ImageFrame,
  body: (image: Image) => T,
): T {
  const inside = frame.top === 0 && frame.left === 0 && frame.height <= height &&
    frame.width <= width;
  if (inside) return body({ at, height, width });
  return machine.scratch(images * frame.height * frame.width * channels * 4, (out) => {
    machine.launch(
      "frame",
      images * frame.height,
      ...[out, frame.height, frame.width, at, height, width, channels, frame.top, frame.left],
    );
    return body({ at: out, height: frame.height, width: frame.width });
  });
}
