/** Which blocks can come near to what they replace. */
import type { With } from "./fields.ts";

/** Whether a kind of block is linear between its kernels, so that it can be fitted; another is always drawn afresh. */
export function isFitted({ use }: With): boolean {
  return use !== "bottleneck";
}
