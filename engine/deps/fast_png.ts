/** fast-png: PNG files in plain JavaScript. */
import type * as png from "npm:fast-png@7.0.1";

export type { DecodedPng } from "npm:fast-png@7.0.1";

const specifier = "npm:fast-png@7.0.1";

export const { convertIndexedToRgb, decode: decodePngFile, encode: encodePng }: typeof png =
  await import(specifier);
