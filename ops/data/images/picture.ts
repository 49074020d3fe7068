/** A picture in memory. */

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
