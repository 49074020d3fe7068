/**
 * tfjs-layers: reads and writes layers-models, and brings with it the gradients of tfjs-core's ops, which core
 * itself does not register.
 */
import type * as layers from "npm:@tensorflow/tfjs-layers@4.22.0";

/** The module. */
export type TfLayers = typeof layers;
export type { SymbolicTensor } from "npm:@tensorflow/tfjs-layers@4.22.0";

/** The package's version, which is the runtime's. */
export const TFJS_LAYERS = "4.22.0";

/** The package on a backend of tfjs's own, as people are told. */
export const tfjsOn = (backend: "CPU" | "WebAssembly"): string =>
  `tfjs-layers ${TFJS_LAYERS} on its ${backend} backend`;

const specifier = `npm:@tensorflow/tfjs-layers@${TFJS_LAYERS}`;

/** Loads tfjs-layers. */
export const loadTfLayers = (): Promise<TfLayers> => import(specifier);
