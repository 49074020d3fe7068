/** The two halves of a recurrent layer's kernel, which others keep apart. */
import type { Weight } from "./model.ts";

/** Rows of a kernel that has one scale, or one per column: those for the input, or those for the state. */
export function kernelRows(kernel: Weight, from: number, to: number): Weight {
  const [, columns] = kernel.shape as [number, number];
  const { encoding } = kernel;
  const data = kernel.data.slice(from * columns, to * columns);
  return { shape: [to - from, columns], encoding, data };
}
