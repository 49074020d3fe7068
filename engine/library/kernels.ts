/** The kernels that a run computes with, as a user chooses them. */
import type { KernelChoice } from "../run_context.ts";
import type { FoundKernels } from "../tensor/native/find.ts";

export { KERNEL_CHOICES, type KernelChoice } from "../run_context.ts";

/**
 * The kernels of a choice, which is `auto` by default: looked for, compiled and tested on their first use. Before it
 * compiles, which takes seconds, it says so in a sentence.
 */
export async function kernelsHere(
  choice: KernelChoice = "auto",
  notice?: (sentence: string) => void,
): Promise<FoundKernels> {
  const { findKernels } = await import("../tensor/native/find.ts");
  const onCompile = (level: string) =>
    notice?.(
      `native kernels for ${level} are compiled and tested: once for this machine, in seconds`,
    );
  return await findKernels(choice, { onCompile });
}
