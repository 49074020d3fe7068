/** Showing a value where the reader looks: below the cell of a notebook, else on standard output. */
import { bundleOf } from "./displayable.ts";
import { kernel, settle } from "./kernel.ts";

/**
 * Shows a value. In a Jupyter kernel it resolves when the output has left for the front end, so that it is not lost when
 * the cell ends; elsewhere `print` gets its text.
 */
export async function showValue(value: unknown, print: (text: string) => void): Promise<void> {
  const jupyter = kernel();
  if (jupyter !== undefined) {
    await jupyter.display(value);
    await settle();
    return;
  }
  const text = (await bundleOf(value))?.["text/plain"] ?? Deno.inspect(value);
  print(`${text.trimEnd()}\n`);
}
