/** tfjs's own CPU backend: the base class of ours and the stock kernels on our allow-list. Loaded by need. */
import type * as cpu from "npm:@tensorflow/tfjs-backend-cpu@4.22.0";

/** The module. */
export type TfCpu = typeof cpu;

const specifier = "npm:@tensorflow/tfjs-backend-cpu@4.22.0";

/** Loads the CPU backend, which registers itself with tfjs-core as `cpu`. */
export const loadTfCpu = (): Promise<TfCpu> => import(specifier);
