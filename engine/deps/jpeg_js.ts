/**
 * jpeg-js: JPEG files, baseline and progressive, in plain JavaScript. Its decoder computes with integers and with sums and
 * products of doubles alone, so a picture has the same pixels on every machine.
 */
import type whole from "npm:jpeg-js@0.4.4";

const specifier = "npm:jpeg-js@0.4.4";
const { default: jpeg }: { default: typeof whole } = await import(specifier);

/** Pixels of a picture, three numbers each. */
export interface DecodedJpeg {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Decodes a file; what is cut off or damaged is an error. */
export function decodeJpegFile(bytes: Uint8Array, maxMegapixels: number): DecodedJpeg {
  return jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: maxMegapixels,
    maxMemoryUsageInMB: 2048,
  });
}
