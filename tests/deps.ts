/** Third-party code that only tests use. */
export { default as canonicalize } from "npm:canonicalize@4.0.0";
// @ts-types="npm:@types/d3-scale@4.0.9"
export { scaleLinear, scaleLog } from "npm:d3-scale@4.0.2";
export * as fc from "npm:fast-check@4.10.2";
export { zipSync } from "npm:fflate@0.8.2";
/** Another reader of HDF5, with the types that it does not have. */
import * as jsfive from "npm:jsfive@0.4.0";
import type * as converter from "npm:@tensorflow/tfjs-converter@4.22.0";
import type TypeScript from "npm:typescript@6.0.3";

/** Loaded by need: it is large, and one tool uses it. */
export const loadTypeScript = async (): Promise<typeof TypeScript> =>
  (await import("npm:typescript@6.0.3")).default;
export type { default as TypeScript } from "npm:typescript@6.0.3";

/** Runs tfjs's graph-models; loaded by need, because few tests do. */
export const loadTfConverter = (): Promise<typeof converter> =>
  import("npm:@tensorflow/tfjs-converter@4.22.0");

/** An array in an HDF5 file, as jsfive reads it. */
interface Hdf5Array {
  readonly shape: readonly number[];
  readonly value: readonly number[];
}

/** A group, as jsfive reads it. */
export interface Hdf5Group {
  readonly keys: readonly string[];
  get(name: string): Hdf5Group | Hdf5Array;
}

/** jsfive. */
export const hdf5 = jsfive as unknown as {
  readonly File: new (bytes: ArrayBuffer, name: string) => Hdf5Group;
};
