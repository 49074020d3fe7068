/** Third-party code that only tests use. */
export { default as canonicalize } from "npm:canonicalize@4.0.0";
// @ts-types="npm:@types/d3-scale@4.0.9"
export { scaleLinear, scaleLog } from "npm:d3-scale@4.0.2";
export * as fc from "npm:fast-check@4.10.2";
export { zipSync } from "npm:fflate@0.8.2";
import type TypeScript from "npm:typescript@6.0.3";

/** Loaded by need: it is large, and one tool uses it. */
export const loadTypeScript = async (): Promise<typeof TypeScript> =>
  (await import("npm:typescript@6.0.3")).default;
export type { default as TypeScript } from "npm:typescript@6.0.3";
