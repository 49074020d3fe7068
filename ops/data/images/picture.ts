/** A picture in memory. */
import { took } from "../../../engine/thread.ts";
import { assertFits } from "../../../engine/size.ts";

/** Bytes row by row, the channels of a pixel side by side. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  /** Grey, or red, green and blue. */
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** A picture may have as many pixels, in millions: what a camera takes, and no more than memory holds. */
export const MOST_MEGAPIXELS = 100;

/** Throws an Error, a sentence without its subject, where a picture has no pixels or too many. */
export function assertPixels(width: number, height: number): void {
  if (width < 1 || height < 1) throw new Error(`it has no pixels: it announces ${width}×${height}`);
  if (width * height <= MOST_MEGAPIXELS * 1e6) {
    took(width * height);
    return;
  }
  throw new Error(
    `it has more than ${MOST_MEGAPIXELS} million pixels, ${width}×${height}; make it smaller`,
  );
}

/** Throws a MemoryError, a sentence without its subject's name, where decoding would take more than `memory`. */
export function assertDecodable(bytes: number, memory: number): void {
  assertFits("it", bytes, memory);
}
