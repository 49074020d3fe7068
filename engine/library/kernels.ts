/** The kernels that a run computes with, as a user chooses them. */
import type { FoundKernels } from "../tensor/native/find.ts";
import type { KernelChoice } from "../tensor/native/needs.ts";

export { KERNEL_CHOICES, type KernelChoice } from "../tensor/native/needs.ts";

/** The kernels of a choice, which is `auto` by default: looked for, compiled and tested on their first use. */
export async function kernelsHere(choice: KernelChoice = "auto"): Promise<FoundKernels> {
  return await (await import("../tensor/native/find.ts")).findKernels(choice);
}
