/** fast-png: PNG files in plain JavaScript. */
export { encode as encodePng } from "npm:fast-png@7.0.1";
