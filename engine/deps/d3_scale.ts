/** d3-scale: positions and round ticks of linear and logarithmic axes. */
// @ts-types="npm:@types/d3-scale@4.0.9"
export { type ScaleContinuousNumeric, scaleLinear, scaleLog } from "npm:d3-scale@4.0.2";
