/**
 * tfjs kernels that are ours: `(machine) => { [name of tfjs]: kernel }`, one table per topic beside its layers.
 * What is neither here nor on the list of stock kernels does not run in the room.
 */
import type { TensorInfo } from "../deps/tfjs_core.ts";
import type { Machine } from "./machine.ts";
import { castOverrides } from "./overrides/cast.ts";
import { choiceOverrides } from "./overrides/choice.ts";
import { complexOverrides } from "./overrides/complex.ts";
import { convOverrides } from "./overrides/conv.ts";
import { elementwiseOverrides } from "./overrides/elementwise.ts";
import { gatherOverrides } from "./overrides/gather.ts";
import { matmulOverrides } from "./overrides/matmul.ts";
import { movementOverrides } from "./overrides/movement.ts";
import { reduceOverrides } from "./overrides/reduce.ts";
import { resizeOverrides } from "./overrides/resize.ts";
import { responseNormalizationOverrides } from "./overrides/response_normalization.ts";
import { scalarOverrides } from "./overrides/scalar.ts";

/** A kernel as tfjs calls it. `attrs` are the op's attributes, by tfjs's names. */
export type Override = (
  // deno-lint-ignore no-explicit-any -- each kernel knows its own inputs and attributes; tfjs does not type them
  call: { inputs: any; attrs?: any; backend?: any },
) => TensorInfo | TensorInfo[];

/** See the file's header. */
export type Overrides = { readonly [kernelName: string]: Override };

/** Every override on one machine. */
export const createOverrides = (machine: Machine): Overrides => ({
  ...matmulOverrides(machine),
  ...convOverrides(machine),
  ...castOverrides(machine),
  ...movementOverrides(machine),
  ...elementwiseOverrides(machine),
  ...reduceOverrides(machine),
  ...choiceOverrides(machine),
  ...gatherOverrides(machine),
  ...resizeOverrides(machine),
  ...scalarOverrides(machine),
  ...complexOverrides(machine),
  ...responseNormalizationOverrides(machine),
});
