/** Zeros that a loaded model came with. */
import { mapWeights } from "../model/weights.ts";
import type { Model } from "../model/model.ts";

/** Share of the kernels' values that are exactly 0. */
export function zeroShare(model: Model): number {
  let [zeros, values] = [0, 0];
  for (const [name, { data }] of Object.entries(model.weights)) {
    if (!isKernel(name)) continue;
    values += data.length;
    for (const value of data) if (value === 0) zeros++;
  }
  return values === 0 ? 0 : zeros / values;
}

/** The model with a mask on every kernel that has zeros, so that later steps keep them. */
export function withZerosHeld(model: Model): Model {
  const masked = mapWeights(model, (weight, name) => {
    if (!isKernel(name) || !weight.data.includes(0)) return weight;
    return { ...weight, mask: Uint8Array.from(weight.data, (value) => value === 0 ? 0 : 1) };
  });
  return { ...masked, established: { ...model.established, zeros: true } };
}

function isKernel(name: string): boolean {
  return name.endsWith("/kernel");
}
