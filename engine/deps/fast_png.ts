/** fast-png: PNG files in plain JavaScript. */
export {
  convertIndexedToRgb,
  decode as decodePngFile,
  type DecodedPng,
  encode as encodePng,
} from "npm:fast-png@7.0.1";
